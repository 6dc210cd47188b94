"""The office: the pages of the owner."""

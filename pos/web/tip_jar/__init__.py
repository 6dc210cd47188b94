"""The tip jar: a public page."""

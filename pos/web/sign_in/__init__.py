"""Coming in: a shop is claimed by a link, and its owner signs in and out."""

"""What was sold: a charge is found by its number."""

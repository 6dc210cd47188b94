"""What was sold: the sales of some days, what they come to, and one that is looked for."""

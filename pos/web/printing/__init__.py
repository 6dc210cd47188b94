"""The printer, as somebody who sells uses it: a receipt once more."""

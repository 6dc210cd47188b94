"""The pay page: what a customer sees, whichever way the charge was made."""

"""What the sandbox does, told as sentences."""

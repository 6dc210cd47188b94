"""Who sells: a device is unlocked by a PIN, and locked again."""

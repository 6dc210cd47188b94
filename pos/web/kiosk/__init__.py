"""The kiosk: a screen that nobody attends."""

"""The shifts: closing one at a till, and the reports of those that are closed."""

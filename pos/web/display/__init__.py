"""The customer's display: what a till is charging, on another device."""

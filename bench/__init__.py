"""What `make bench` measures, on Linux: a till as `make run` serves it, its QR code, and its pages in a browser."""

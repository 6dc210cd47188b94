"""What `make bench` measures and `make soak` crashes, on Linux: a till as `make run` serves it."""

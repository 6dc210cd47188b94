"""The JSON API, for programs that sell."""

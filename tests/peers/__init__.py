"""Against programs of others, from registries: `make test-peers`, which installs them below var/peers.

No file here is called test_*, so that `make test` needs none of them.
"""

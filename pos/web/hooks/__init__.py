"""Webhooks: where a wallet says that something may have been paid."""

"""LNURL-pay: what wallets ask, and no page."""

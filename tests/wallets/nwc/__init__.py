"""The wallet nwc: its encryptions, its line to the relays, and what it understands of a wallet."""

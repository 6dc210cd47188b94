"""What lives as long as the process and holds locks: who waits, who looks, who leads, how often the wallet is asked."""

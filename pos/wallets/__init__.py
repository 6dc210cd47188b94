"""Wallets: what one is to the till (base), which there are (registry), and one module or folder for each."""

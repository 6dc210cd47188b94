"""The other ends of the wallets: each answers in the shapes that were recorded, with really signed invoices."""

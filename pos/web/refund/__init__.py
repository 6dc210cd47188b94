"""Giving money of a paid sale back: what is asked for, and the page on which it is paid by hand and proven."""

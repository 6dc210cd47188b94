"""BOLT 11, the text of a Lightning invoice: read in decode.py, and written in encode.py. No node and no wallet."""

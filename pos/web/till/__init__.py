"""The till: the cashier types amounts and a memo; the tip step between typing and charging."""

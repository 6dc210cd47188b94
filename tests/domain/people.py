"""Who stands at the till: the languages they write numbers in, and what they may pay with."""

from hypothesis import strategies as st

from pos.domain.money.currency import CURRENCIES, SAT
from pos.domain.money.signs import SPOKEN

# What we speak, and what writes numbers otherwise.
LOCALES = [*SPOKEN, "pt_BR", "de_CH", "en_IN", "hi", "he", "fa"]
ALL_CURRENCIES = [*sorted(CURRENCIES), SAT]
LOCALE = st.sampled_from(LOCALES)
CURRENCY = st.sampled_from(ALL_CURRENCIES)

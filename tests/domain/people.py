"""Who stands at the till: the languages they write numbers in, and what they may pay with."""

from hypothesis import strategies as st

from pos.domain.money.currency import CURRENCIES, SAT

LOCALES = ["en", "es", "pt", "de", "fr", "ja", "ar", "pt_BR", "de_CH", "en_IN", "hi"]
ALL_CURRENCIES = [*sorted(CURRENCIES), SAT]
LOCALE = st.sampled_from(LOCALES)
CURRENCY = st.sampled_from(ALL_CURRENCIES)

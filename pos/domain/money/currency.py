"""The currencies of the world (ISO 4217, as of January 2026) and how finely each is divided; and the sat."""

SAT = "SAT"
# So many will ever be, and never one more.
MOST_SAT = 21_000_000 * 100_000_000

# Those in use that have a minor unit: no metals, no baskets of currencies, no codes for tests.
_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW"
    " CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR"
    " ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV"
    " MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD"
    " SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS = {code: digits for digits, codes in _CODES.items() for code in codes.split()}
CURRENCIES = frozenset(_DECIMALS)


def is_currency(code: str) -> bool:
    """Tell whether a code is a currency of ISO 4217. The sat is none."""
    return code in CURRENCIES


def decimals(currency: str) -> int:
    """Return how many decimals a currency has (ISO 4217, minor unit); sat have none. Raises ValueError."""
    if currency == SAT:
        return 0
    if currency not in _DECIMALS:
        raise ValueError(f"{currency} is not a currency")
    return _DECIMALS[currency]

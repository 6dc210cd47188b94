"""Being paid by LNURL (LUD-06, 16, 20, 21): who is paid and how, an invoice for it, and what became of one.

It is the way of a payer's own wallet to a charge, which is one like any other from then on.
"""

import secrets
from dataclasses import replace
from urllib.parse import urlsplit

from pos.domain.charge import Channel, Charge
from pos.domain.jar import SHOP, Jar
from pos.domain.lnurl import is_safe, lightning_address
from pos.domain.lnurl_pay import Terms, metadata
from pos.domain.money import SAT, Money, check_sat
from pos.domain.rate import Rate
from pos.domain.refusal import Refusal
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence
from pos.services.charge import Promise, charge
from pos.services.jars import JarClosed, find_payable
from pos.services.quote import OtherCurrency
from pos.shop import Shop


class NotByLNURL(Refusal):
    """This till cannot be paid by LNURL as it is set up. Only the owner can mend that."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence, 404)


class LinkChanged(Refusal):
    """What the payer was shown is not what is paid for now."""

    def __init__(self) -> None:
        super().__init__(Sentence("This link has changed. Scan it again."), 409)


class PriceChanged(Refusal):
    """What the payer was shown is too old to be the price now."""

    def __init__(self) -> None:
        super().__init__(Sentence("The price has changed. Scan again."), 409)


def public_url(shop: Shop) -> str:
    """Return the address under which wallets find this till, the host in lower case. Raises NotByLNURL.

    Without https none of them asks there.
    """
    address = shop.settings.public_url
    if not address:
        raise NotByLNURL(Sentence("This till has no address on the internet: POS_PUBLIC_URL is not set."))
    if not is_safe(address):
        raise NotByLNURL(Sentence("This till's address is not safe to pay at: POS_PUBLIC_URL has to be https."))
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.lower()).geturl()


def terms(shop: Shop, name: str, note: str) -> Terms:
    """Return how a jar is paid, or the shop itself, which is called SHOP. `note` goes where comments are shown.

    A price in a currency is reckoned at the rate of now. Raises NoJar, NotByLNURL, AmountError, NoRate, OtherCurrency
    or StoreError.
    """
    return _terms(shop, _paid(shop, name), note, None)


def request_invoice(
    shop: Shop, name: str, fingerprint: str, amount_sat: int, comment: str, note: str, rate: Rate | None = None
) -> Charge:
    """Make a charge over what a payer's wallet asks for, if it was offered that.

    Raises as `terms` and `charge` do, LinkChanged where the payer was shown something else, and PriceChanged without
    the rate of a price.
    """
    jar = _paid(shop, name)
    offered = _terms(shop, jar, note, rate)
    if offered.fingerprint != fingerprint:
        raise LinkChanged
    if offered.rate != rate:
        raise PriceChanged
    offered.check(amount_sat)
    sale = _sale(shop, jar, amount_sat, comment)
    return charge(shop, Channel.LNURL, sale, secrets.token_urlsafe(16), Promise(offered.metadata, rate))


def find_verified(shop: Shop, token: str) -> Charge | None:
    """Return the charge that a payer's wallet asks about, as the book knows it. Raises StoreError.

    The wallet is not asked, as anybody may come here as often as he likes; the watch looks sooner.
    """
    found = shop.store.find_by_verify_token(token)
    if found and not found.payment:
        shop.presence.note(found.id)
    return found


def _paid(shop: Shop, name: str) -> Jar:
    if shop.wallet.advice.no_hashed_description:
        raise NotByLNURL(Sentence("The shop's wallet cannot be paid in this way. The shop's page can be used instead."))
    jar = find_payable(shop, name)
    if not jar.is_open:
        raise JarClosed
    return jar


def _terms(shop: Shop, jar: Jar, note: str, rate: Rate | None) -> Terms:
    text = "\n".join(filter(None, (jar.text, note if jar.has_audience else "")))
    address = lightning_address(public_url(shop), jar.name)
    described = metadata(jar.title, text, _picture(shop, jar), address)
    most = min(shop.settings.max_sat, shop.ceiling.most_sat or shop.settings.max_sat)
    if jar.price is None:
        most = min(most, jar.most_sat or most)
        return Terms(described, check_sat(jar.least_sat or 1, most), most)
    if jar.price.currency not in (SAT, shop.rates.currency):
        raise OtherCurrency(jar.price.currency)
    rate = None if jar.price.currency == SAT else rate or shop.rates.rate()
    if rate and rate.currency != jar.price.currency:
        raise PriceChanged
    amount_sat = check_sat(rate.to_sat(jar.price) if rate else jar.price.minor, most)
    return Terms(described, amount_sat, amount_sat, rate)


def _picture(shop: Shop, jar: Jar) -> bytes:
    """Return what wallets show; nothing where the shop's would keep it once more with every invoice."""
    if not jar.picture or shop.wallet.advice.keeps_hashed_description:
        return b""
    picture = shop.store.jars.picture(jar.name)
    return picture.thumbnail if picture else b""


def _sale(shop: Shop, jar: Jar, amount_sat: int, comment: str) -> Sale:
    """Return what is paid. A thing with a price, and what the shop is paid itself, is taxed as usual; a tip is not."""
    price = jar.price or Money(amount_sat, SAT)
    if jar.name == SHOP:
        return replace(Sale.all_told(price, shop.settings.usual_tax, comment), till=shop.settings.tills[0])
    sold = Sale.all_told(price, shop.settings.usual_tax, comment, jar.title) if jar.price else Sale(price, comment)
    return replace(sold, jar=jar.name, shown=jar.has_audience and bool(comment))

"""Posters: what stands on that of a jar, or of the shop itself."""

from pos.domain.jar import Jar
from pos.domain.lnurl import encode_lnurl, lightning_address, pay_url
from pos.domain.poster import Poster
from pos.domain.sentence import Sentence
from pos.services.lnurl_pay import NotByLNURL, public_url
from pos.shop import Shop


def poster_of(shop: Shop, jar: Jar, how: str, price: str) -> Poster:
    """Return what stands on the poster of a jar: `how` it is paid and its `price`, in the reader's language.

    Raises NotByLNURL, as no code is printed that no wallet can pay, or StoreError.
    """
    address = public_url(shop)
    if shop.wallet.advice.no_hashed_description:
        raise NotByLNURL(Sentence("The shop's wallet cannot be paid by a poster. The command “flask doctor” says why."))
    picture = shop.store.jars.picture(jar.name) if jar.picture else None
    return Poster(
        jar.title,
        jar.text,
        price,
        how,
        lightning_address(address, jar.name) or "",
        encode_lnurl(pay_url(address, jar.name)).upper(),
        picture.page if picture else b"",
    )

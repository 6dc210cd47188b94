"""LNURL-pay (LUD-06, 16, 21): how a jar is paid, an invoice for it, and whether that was paid.

What is refused is answered with HTTP 200, as LUD-01 has it: of any other status payers' wallets keep no reason.
"""

import logging
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from pos.domain.lnurl_pay import COMMENT, MSAT, read_amount, read_comment, read_name
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services import lnurl_pay
from pos.services.jars import NoSuchJar
from pos.services.lnurl_pay import public_url
from pos.translations.languages import catalog
from pos.web.context import current_shop
from pos.web.errors import BROKEN, SENTENCES
from pos.web.headers import keep_out_of_search
from pos.web.i18n import say
from pos.web.lnurl.quoted_rate import seal, unseal
from pos.web.visitor import count_invoice

bp = Blueprint("lnurl", __name__)
log = logging.getLogger(__name__)

_NOTE = Sentence("Others may see comments.")
_OTHER_HOST = Sentence("This is not the shop's address. Scan its code again.")


@bp.get("/lnurlp/<asked>")
@bp.get("/.well-known/lnurlp/<asked>")
def describe(asked: str) -> ResponseReturnValue:
    """Say how a jar is paid, or the shop: what a QR code and a Lightning address lead to."""
    name = _name(asked)
    terms = lnurl_pay.terms(current_shop(), name, _note())
    quoted = seal(terms.rate) if terms.rate else None
    return {
        "tag": "payRequest",
        "callback": _link("lnurl.invoice", name=name, fingerprint=terms.fingerprint, quoted=quoted),
        "minSendable": terms.least_sat * MSAT,
        "maxSendable": terms.most_sat * MSAT,
        "metadata": terms.metadata,
        "commentAllowed": COMMENT,
    }


@bp.get("/lnurlp/<name>/<fingerprint>")
@bp.get("/lnurlp/<name>/<fingerprint>/<quoted>")
def invoice(name: str, fingerprint: str, quoted: str | None = None) -> ResponseReturnValue:
    """Make an invoice over `amount` (msat), with a `comment`. Whatever else wallets send along is left aside."""
    amount_sat = read_amount(request.args.getlist("amount"))
    comment = read_comment(request.args.get("comment", ""))
    rate = unseal(quoted) if quoted else None
    count_invoice()
    made = lnurl_pay.request_invoice(current_shop(), name, fingerprint, amount_sat, comment, _note(), rate)
    verify = _link("lnurl.verify", token=made.verify_token)
    # Without `disposable` a wallet would not keep the link, and it is a sticker on a wall.
    return {"pr": made.invoice.payment_request, "routes": [], "disposable": False, "verify": verify}


@bp.get("/lnurlp/verify/<token>")
def verify(token: str) -> ResponseReturnValue:
    """Say whether an invoice was paid, and prove it: the one place where a preimage leaves the till, to its payer."""
    found = lnurl_pay.find_verified(current_shop(), token)
    if found is None:
        return _error(Sentence("Not found"))
    payment = found.payment
    return {
        "status": "OK",
        "settled": payment is not None,
        "preimage": payment.preimage if payment and payment.proven else None,
        "pr": found.invoice.payment_request,
    }


@bp.get("/lnurlp/<path:_asked>", endpoint="unknown")
@bp.get("/.well-known/lnurlp/<path:_asked>", endpoint="unknown")
def _unknown(_asked: str) -> ResponseReturnValue:
    """Say of what looks like a link of ours and is none that there is nothing, so that a wallet can say it, too."""
    raise NoSuchJar


@bp.before_request
def _check() -> ResponseReturnValue | None:
    """Refuse to make anything for whoever only looks, and what is asked of another host than ours."""
    if request.method == "HEAD":
        return Response(status=405, headers={"Allow": "GET"})
    here = public_url(current_shop()).partition("://")[2].partition("/")[0]
    return None if _without_port(request.host) == _without_port(here) else _error(_OTHER_HOST)


@bp.after_request
def _open_to_all(response: Response) -> Response:
    """Let the pages of wallets read it, wherever they are from."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return keep_out_of_search(response)


@bp.errorhandler(Refusal)
def _refused(error: Refusal) -> Response:
    level = logging.WARNING if error.status >= 500 else logging.INFO
    log.log(level, "LNURL %s: refused as %d: %s (%s)", request.endpoint, error.status, error.sentence, error)
    return _error(error.sentence)


@bp.errorhandler(HTTPException)
def _not_taken(error: HTTPException) -> Response:
    log.info("LNURL %s: refused as %s", request.endpoint, error.code)
    return _error(SENTENCES.get(error.code or 0, SENTENCES[400])[1])


@bp.errorhandler(500)
def _broken(error: HTTPException) -> Response:
    cause: Any = getattr(error, "original_exception", None) or error
    log.error("LNURL %s: %r", request.endpoint, type(cause).__name__, exc_info=cause)
    return _error(BROKEN)


def _error(sentence: Sentence) -> Response:
    return jsonify(status="ERROR", reason=say(sentence))


def _name(asked: str) -> str:
    name = read_name(asked)
    if name is None:
        raise NoSuchJar
    return name


def _note() -> str:
    """Return a sentence in the shop's own language: it is hashed, and every payer has to get the same."""
    return str(catalog(current_shop().settings.language).gettext(_NOTE.words))


def _link(endpoint: str, **values: str | None) -> str:
    """Return a whole address, of nothing but what the owner set. It has no query: wallets append one of their own."""
    return public_url(current_shop()) + url_for(endpoint, **values)  # type: ignore[arg-type]


def _without_port(host: str) -> str:
    """Return a host as it is compared: that the port is the usual one, not every proxy knows."""
    return host.lower().removesuffix(":443")

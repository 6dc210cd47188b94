"""What a person, or a program, gets when something is not there or went wrong: a clear sentence, never a bare page."""

import logging
from collections.abc import Callable

from flask import Flask, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.charge import IdempotencyKeyReused
from pos.store import StoreError
from pos.wallets.base import WalletError
from pos.web.access import home_when_left, identity
from pos.web.context import current_shop
from pos.web.cookies import kept_back
from pos.web.csrf import Cause, cause_of, keeps_its_address
from pos.web.forms import AgainForm, new_key
from pos.web.i18n import say
from pos.web.links import kiosk_rest_url, start_url
from pos.web.problem import problem

log = logging.getLogger(__name__)

BROKEN = Sentence("It is our fault, not yours.")
NOT_CHARGED = Sentence("Nothing was charged.")
# Where an invoice was shown, be it a customer's for a refund, nobody can say that nothing was paid.
MAYBE_PAID = Sentence("Paid already? Do not pay again.")
SHOW_INVOICES = ("/pay/", "/api/", "/screen/", "/sales/", "/refunds/")
TITLES = {WalletError: Sentence("The shop's wallet failed"), StoreError: Sentence("Out of order")}
CROWDED = Sentence("Too many at once")
SENTENCES = {
    400: (Sentence("That did not work"), Sentence("The till could not read what the page sent.")),
    404: (Sentence("Not here"), Sentence("There is no such page.")),
    405: (Sentence("Not here"), Sentence("This page does not take that.")),
    410: (Sentence("Too late"), Sentence("This page is too old.")),
    413: (Sentence("Too much"), Sentence("That is more than the till takes.")),
    414: (Sentence("Too much"), Sentence("That is more than the till takes.")),
}
REFUSED_FORMS = {
    Cause.TOO_OLD: (
        Sentence("Open too long"),
        Sentence("This page was open too long. Nothing was charged. Try again."),
    ),
    Cause.FOREIGN: (
        Sentence("Not from this till"),
        Sentence("Another page sent this, so the till did nothing. Start again on the till's own page."),
    ),
    Cause.NO_COOKIE: (
        Sentence("No cookie"),
        Sentence(
            "This browser did not send the till's cookie. Nothing was charged. Allow cookies for this page, and try"
            " again."
        ),
    ),
    Cause.OTHER_KEY: (
        Sentence("Page from before"),
        Sentence("This page is from before the till was set up anew. Nothing was charged. Try again."),
    ),
}
# What a page never repeats of a form: the token that was wrong, and what is money, or opens some.
UNREPEATED = ("csrf_token", "card", "pin", "seal", "preimage", "password", "new_password", "code", "ticket")
ANY_OTHER = Sentence("The till does not do that.")


def init_app(app: Flask) -> None:
    """Answer every error in the till's own look, or as a problem where a program asked."""
    app.register_error_handler(CSRFError, form_refused)
    app.register_error_handler(IdempotencyKeyReused, idempotency_key_reused)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http_error)
    # Anything that is not foreseen: Flask hands it over as a 500, with its cause.
    app.register_error_handler(500, broken)
    # Whoever answers writes it down. Flask would do so besides, with the whole address.
    app.log_exception = lambda _: None  # type: ignore[assignment, method-assign]


def form_refused(error: CSRFError) -> ResponseReturnValue:
    """Say why, with a fresh form that holds what was typed; not where somebody else's page has typed it."""
    cause = cause_of(error)
    title, sentence = REFUSED_FORMS[cause]
    by_http = kept_back() if cause is Cause.NO_COOKIE else None
    said = f"{say(NOT_CHARGED)} {say(by_http.sentence)}" if by_http else say(sentence)
    # Nor is it sent on by a tap where nobody says who has typed it.
    is_repeated = cause is not Cause.FOREIGN and not keeps_its_address()
    page = render_template(
        "errors/form.html",
        title=say(title),
        sentence=said,
        fields=_typed() if is_repeated else [],
        action=request.path if is_repeated else None,
        form=AgainForm(),
        start_url=_way_on(),
        kiosk_rest=_left_alone(),
    )
    return page, 400


def _typed() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in UNREPEATED]


def idempotency_key_reused(error: IdempotencyKeyReused) -> ResponseReturnValue:
    if _is_api():
        return problem(error.status, "Key already used", f"The key stands for charge {error.first.id}.")
    page = render_template(
        "errors/conflict.html",
        first=error.first,
        fields=[it for it in _typed() if it[0] != "key"],
        key=new_key() if "key" in request.form else None,
        form=AgainForm(),
        sentence=say(error.sentence),
        kiosk_rest=_left_alone(),
    )
    return page, error.status


def refused(error: Refusal) -> ResponseReturnValue:
    """What the till does not do, where there is no form that could come back."""
    _note(error)
    title = next((title for kind, title in TITLES.items() if isinstance(error, kind)), _title(error.status))
    said = (error.sentence, _money()) if isinstance(error, StoreError) else (error.sentence,)
    answer = _answer(error.status, title, *said, retry=error.status >= 500)
    answer.headers.extend(_when(error))
    return answer


def back_to_form(error: Refusal, show: Callable[[str], str], sentence: Sentence | None = None) -> ResponseReturnValue:
    """Answer with the form that was sent, as `show` shows it, and the sentence of the refusal or a fitter one."""
    _note(error)
    return show(say(sentence or error.sentence)), error.status, _when(error)


def _when(error: Refusal) -> dict[str, str]:
    return {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}


def http_error(error: HTTPException) -> ResponseReturnValue:
    """What Flask or a view refused. A redirect is no error, though it comes this way."""
    code = error.code or 500
    if code < 400:
        return error
    if code == 500:
        return broken(error)
    title, sentence = SENTENCES.get(code, (_title(code), ANY_OTHER))
    # What a view said itself: a sentence to people, and a text to programs.
    own = error.description if error.description != type(error).description else None
    answer = _answer(code, title, own or sentence)
    said = error.get_response().headers
    for name in ("Allow", "WWW-Authenticate"):
        if name in said:
            answer.headers[name] = said[name]
    return answer


def broken(error: BaseException) -> ResponseReturnValue:
    """Our own fault. The log has the cause, the page a time to find it by."""
    cause = getattr(error, "original_exception", None) or error
    log.error("%s: %r", _asked(), type(cause).__name__, exc_info=cause)
    shop = current_shop()
    reference = Sentence("500 at {time}", {"time": f"{shop.local_time(shop.now()):%H:%M:%S}"})
    return _answer(500, Sentence("Something broke"), BROKEN, _money(), reference=reference, retry=True)


def _answer(
    code: int, title: Sentence, *said: Sentence | str, reference: Sentence | None = None, retry: bool = False
) -> Response:
    """Programs are answered in English, people in their language."""
    if _is_api():
        return problem(code, str(title), " ".join(map(str, said)))
    page = render_template(
        "errors/error.html",
        code=code,
        title=say(title),
        sentence=" ".join(it if isinstance(it, str) else say(it) for it in said),
        reference=say(reference) if reference else None,
        retry=retry and request.method == "GET",
        start_url=_way_on(),
        kiosk_rest=_left_alone(),
    )
    return make_response(page, code)


def _way_on() -> str | None:
    """Return where whoever sees the page of an error goes on: a customer's own phone to nothing of the shop's own."""
    start = start_url()
    if start is None or start.startswith(url_for("tip_jar.new")):
        return start
    try:
        return None if identity().is_stranger else start
    except StoreError:
        # Nobody knows who asks, and the page says that the database failed.
        return start


def _left_alone() -> str | None:
    """Return where a kiosk, or a paired display, goes that is left alone with the page of an error."""
    rest = kiosk_rest_url()
    try:
        return None if identity().is_stranger else rest or home_when_left()
    except StoreError:
        return rest


def _note(error: Refusal) -> None:
    """What who asked can mend is no news to the owner; that the database failed is bad news."""
    if error.status >= 500:
        level = logging.ERROR if isinstance(error, StoreError) else logging.WARNING
        log.log(level, "%s: %s (%s)", _asked(), error.sentence, error)


def _asked() -> str:
    """Name the request for the log. A path may hold anything, a line break too, and be long; or open something."""
    rule, named_in = request.url_rule, request.view_args or {}
    # Of a link that is good still, whoever reads the log could make use.
    path = rule.rule if rule and "token" in named_in else request.path
    return f"{request.method} {ascii(path[:200])[1:-1]}"


def _title(status: int) -> Sentence:
    """Say in short what a status means to people, who do not know the words of HTTP. Programs do."""
    if _is_api():
        return Sentence(HTTP_STATUS_CODES[status])
    return CROWDED if status in (429, 503) else SENTENCES.get(status, SENTENCES[400])[0]


def _money() -> Sentence:
    return MAYBE_PAID if request.path.startswith(SHOW_INVOICES) else NOT_CHARGED


def _is_api() -> bool:
    return request.path.startswith(("/api/", "/hooks/")) or request.path.endswith(("/status", "/metrics"))

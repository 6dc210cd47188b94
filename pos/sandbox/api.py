"""The LNPay API over HTTP: routes, and who may use them (LNPay docs). What an answer looks like is in answers.py."""

import logging
import sqlite3
from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, Map, Rule

from pos.sandbox import access
from pos.sandbox.account import Wallet, add_invoice
from pos.sandbox.answers import Page, check_accept, error_answer, object_answer
from pos.sandbox.customer import pay_view
from pos.sandbox.documents import lntx_document, wallet_document, wtx_document
from pos.sandbox.errors import ApiError, NodeError
from pos.sandbox.keys import Right
from pos.sandbox.parameters import read_order, read_parameters

_log = logging.getLogger(__name__)
# Bytes of a request's body.
_MAX_BODY = 64 * 1024


def add_invoice_view(wallet: Wallet, request: Request, key: str) -> Response:
    """Make an invoice."""
    _enter(wallet, request, key, Right.DEPOSIT)
    lntx = add_invoice(wallet, read_order(read_parameters(request), wallet.max_sats))
    return object_answer(request, lntx_document(wallet, lntx), HTTPStatus.CREATED)


def lntx_view(wallet: Wallet, request: Request, lntx_id: str) -> Response:
    """Tell what became of an invoice. Any key of the account will do, and not found is 401 (LNPay docs)."""
    check_accept(request)
    access.sign_in(wallet.keys, request)
    lntx = wallet.ledger.get(lntx_id)
    if lntx is None:
        raise ApiError(401, "LnTx not found")
    return object_answer(request, lntx_document(wallet, lntx))


def wallet_view(wallet: Wallet, request: Request, key: str) -> Response:
    """Show the wallet and its balance."""
    _enter(wallet, request, key, Right.READ)
    return object_answer(request, wallet_document(wallet))


def transactions_view(wallet: Wallet, request: Request, key: str) -> Response:
    """List what the wallet received."""
    _enter(wallet, request, key, Right.READ)
    page = Page(request, wallet.ledger.count())
    wal = wallet_document(wallet)
    return page.answer(
        [wtx_document(wallet, deposit, wal) for deposit in wallet.ledger.deposits(page.size, page.offset)]
    )


def withdraw_view(wallet: Wallet, request: Request, key: str) -> Response:
    """Refuse to send: play money only comes in."""
    _enter(wallet, request, key, Right.WITHDRAW)
    raise ApiError(400, "Insufficient balance in source wallet")


def transfer_view(wallet: Wallet, request: Request, key: str) -> Response:
    """Refuse to send: play money only comes in."""
    _enter(wallet, request, key, Right.TRANSFER)
    raise ApiError(400, "Insufficient balance in source wallet")


class _Word(BaseConverter):
    """A key or an id as LNPay's routes have it: nothing else matches, not even a hyphen (LNPay docs)."""

    regex = r"\w+"


_ROUTES = Map(
    [
        Rule("/v1/wallet/<word:key>/invoice", methods=["POST"], endpoint=add_invoice_view),
        Rule("/v1/user/wallet/<word:key>/invoice", methods=["POST"], endpoint=add_invoice_view),
        Rule("/v1/lntx/<word:lntx_id>", methods=["GET"], endpoint=lntx_view),
        Rule("/v1/wallet/<word:key>", methods=["GET"], endpoint=wallet_view),
        Rule("/v1/wallet/<word:key>/transactions", methods=["GET"], endpoint=transactions_view),
        Rule("/v1/wallet/<word:key>/withdraw", methods=["POST"], endpoint=withdraw_view),
        Rule("/v1/wallet/<word:key>/keysend", methods=["POST"], endpoint=withdraw_view),
        Rule("/v1/wallet/<word:key>/transfer", methods=["POST"], endpoint=transfer_view),
        Rule("/pay", methods=["POST"], endpoint=pay_view),
    ],
    converters={"word": _Word},
    merge_slashes=False,
).bind("sandbox")


def application(wallet: Wallet) -> WSGIApplication:
    """Return the WSGI application that serves the wallet."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = _MAX_BODY
        return _answer(wallet, request)(environ, start_response)

    return serve


def _answer(wallet: Wallet, request: Request) -> Response:
    try:
        view, arguments = _ROUTES.match(request.path, request.method)
        response: Response = view(wallet, request, **arguments)
    except access.NoKeyError as error:
        response = error_answer(error)
        response.headers["WWW-Authenticate"] = 'Basic realm="api"'
    except ApiError as error:
        response = error_answer(error)
    except MethodNotAllowed:
        response = Response.force_type(NotFound().get_response())
    except HTTPException as error:
        response = error.get_response()
    except sqlite3.Error:
        _log.exception("the sandbox's database failed")
        response = error_answer(NodeError())
    return response


def _enter(wallet: Wallet, request: Request, key: str, right: Right) -> None:
    check_accept(request)
    access.enter(wallet.keys, access.sign_in(wallet.keys, request), key, right)

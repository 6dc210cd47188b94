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
from pos.sandbox.account import Account, add_invoice
from pos.sandbox.answers import Page, check_accept, error_answer, object_answer
from pos.sandbox.customer import pay_view
from pos.sandbox.documents import lntx_document, wallet_document, wtx_document
from pos.sandbox.errors import ApiError, NodeError
from pos.sandbox.keys import Right
from pos.sandbox.parameters import read_invoice_parameters, read_parameters

_log = logging.getLogger(__name__)
# Bytes of a request's body.
_MAX_BODY = 64 * 1024


def add_invoice_view(account: Account, request: Request, key: str) -> Response:
    """Make an invoice."""
    _enter(account, request, key, Right.DEPOSIT)
    transaction = add_invoice(account, read_invoice_parameters(read_parameters(request), account.max_sats))
    return object_answer(request, lntx_document(account, transaction), HTTPStatus.CREATED)


def lntx_view(account: Account, request: Request, lntx_id: str) -> Response:
    """Tell what became of an invoice. Any key of the account will do, and not found is 401 (LNPay docs)."""
    check_accept(request)
    access.sign_in(account.keys, request)
    transaction = account.ledger.get(lntx_id)
    if transaction is None:
        raise ApiError(401, "LnTx not found")
    return object_answer(request, lntx_document(account, transaction))


def wallet_view(account: Account, request: Request, key: str) -> Response:
    """Show the wallet and its balance."""
    _enter(account, request, key, Right.READ)
    return object_answer(request, wallet_document(account))


def transactions_view(account: Account, request: Request, key: str) -> Response:
    """List what the wallet received."""
    _enter(account, request, key, Right.READ)
    page = Page(request, account.ledger.count())
    wal = wallet_document(account)
    return page.answer(
        [wtx_document(account, deposit, wal) for deposit in account.ledger.deposits(page.size, page.offset)]
    )


def withdraw_view(account: Account, request: Request, key: str) -> Response:
    """Refuse to send: play money only comes in."""
    _enter(account, request, key, Right.WITHDRAW)
    raise ApiError(400, "Insufficient balance in source wallet")


def transfer_view(account: Account, request: Request, key: str) -> Response:
    """Refuse to send: play money only comes in."""
    _enter(account, request, key, Right.TRANSFER)
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


def application(account: Account) -> WSGIApplication:
    """Return the WSGI application that serves the account."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = _MAX_BODY
        return _answer(account, request)(environ, start_response)

    return serve


def _answer(account: Account, request: Request) -> Response:
    try:
        view, arguments = _ROUTES.match(request.path, request.method)
        response: Response = view(account, request, **arguments)
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


def _enter(account: Account, request: Request, key: str, right: Right) -> None:
    check_accept(request)
    access.enter(account.keys, access.sign_in(account.keys, request), key, right)

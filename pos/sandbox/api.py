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
from pos.sandbox.account import Account, add_invoice, create_wallet
from pos.sandbox.answers import Page, check_accept, error_answer, object_answer
from pos.sandbox.cross_origin import let_browsers_read, preflight
from pos.sandbox.customer import invoice_view, pay_view
from pos.sandbox.documents import lntx_document, wallet_document, wtx_documents
from pos.sandbox.errors import ApiError, NodeError
from pos.sandbox.keys import Right
from pos.sandbox.lnpay_wallet import LNPayWallet
from pos.sandbox.parameters import check_given, read_invoice_parameters, read_parameters, read_user_label

_log = logging.getLogger(__name__)
# Bytes of a request's body.
_MAX_BODY = 64 * 1024


def create_wallet_view(account: Account, request: Request) -> Response:
    """Make a wallet. Its keys are in this answer, and in none that follows."""
    check_accept(request)
    access.check_may_create(account, access.sign_in(account, request))
    wallet, keys = create_wallet(account, read_user_label(read_parameters(request)))
    access_keys = {"access_keys": {role: [key] for role, key in keys.items()}}
    return object_answer(request, wallet_document(account, wallet) | access_keys, HTTPStatus.CREATED)


def wallets_view(account: Account, request: Request) -> Response:
    """List the account's wallets."""
    _enter_account(account, request)
    page = Page(request, account.ledger.count_wallets(), size=50, most=50)
    return page.answer([wallet_document(account, each) for each in account.ledger.wallets(page.size, page.offset)])


def wallet_transactions_view(account: Account, request: Request) -> Response:
    """List what all wallets received, or one of them."""
    _enter_account(account, request)
    wallet_id = request.args.get("wallet_id") or None
    if wallet_id and account.ledger.wallet(wallet_id) is None:
        raise ApiError(401, "Wallet not found")
    return _deposits(account, Page(request, account.ledger.count_deposits(wallet_id), size=20, most=50), wallet_id)


def add_invoice_view(account: Account, request: Request, key: str) -> Response:
    """Make an invoice."""
    wallet = _enter(account, request, key, Right.DEPOSIT)
    transaction = add_invoice(account, wallet, read_invoice_parameters(read_parameters(request), account.max_sats))
    return object_answer(request, lntx_document(account, transaction), HTTPStatus.CREATED)


def lntx_view(account: Account, request: Request, lntx_id: str) -> Response:
    """Tell what became of an invoice. Any key of the account will do, and not found is 401 (LNPay docs)."""
    check_accept(request)
    access.sign_in(account, request)
    transaction = account.ledger.get(lntx_id)
    if transaction is None:
        raise ApiError(401, "LnTx not found")
    return object_answer(request, lntx_document(account, transaction))


def wallet_view(account: Account, request: Request, key: str) -> Response:
    """Show a wallet and its balance."""
    return object_answer(request, wallet_document(account, _enter(account, request, key, Right.READ)))


def transactions_view(account: Account, request: Request, key: str) -> Response:
    """List what a wallet received."""
    wallet_id = _enter(account, request, key, Right.READ).id
    return _deposits(account, Page(request, account.ledger.count_deposits(wallet_id), size=100, most=500), wallet_id)


def withdraw_view(account: Account, request: Request, key: str) -> Response:
    """Refuse to pay an invoice: play money only comes in."""
    return _refuse(account, request, key, Right.WITHDRAW, {"payment_request": "Payment Request"})


def keysend_view(account: Account, request: Request, key: str) -> Response:
    """Refuse to pay a node: play money only comes in."""
    needed = {"num_satoshis": "Num Satoshis", "dest_pubkey": "Dest Pubkey"}
    return _refuse(account, request, key, Right.WITHDRAW, needed)


def transfer_view(account: Account, request: Request, key: str) -> Response:
    """Refuse to pay another wallet: play money only comes in."""
    needed = {"num_satoshis": "Num Satoshis", "dest_wallet_id": "Dest Wallet Id"}
    return _refuse(account, request, key, Right.TRANSFER, needed)


class _Word(BaseConverter):
    """A key or an id as LNPay's routes have it: nothing else matches, not even a hyphen (LNPay docs)."""

    regex = r"\w+"


_ROUTES = Map(
    [
        Rule("/v1/wallet", methods=["POST"], endpoint=create_wallet_view),
        Rule("/v1/wallets", methods=["GET"], endpoint=wallets_view),
        Rule("/v1/wallet-transactions", methods=["GET"], endpoint=wallet_transactions_view),
        Rule("/v1/wallet/<word:key>/invoice", methods=["POST"], endpoint=add_invoice_view),
        Rule("/v1/user/wallet/<word:key>/invoice", methods=["POST"], endpoint=add_invoice_view),
        Rule("/v1/lntx/<word:lntx_id>", methods=["GET"], endpoint=lntx_view),
        Rule("/v1/wallet/<word:key>", methods=["GET"], endpoint=wallet_view),
        Rule("/v1/wallet/<word:key>/transactions", methods=["GET"], endpoint=transactions_view),
        Rule("/v1/wallet/<word:key>/withdraw", methods=["POST"], endpoint=withdraw_view),
        Rule("/v1/wallet/<word:key>/keysend", methods=["POST"], endpoint=keysend_view),
        Rule("/v1/wallet/<word:key>/transfer", methods=["POST"], endpoint=transfer_view),
        Rule("/pay", methods=["POST"], endpoint=pay_view),
        Rule("/invoice", methods=["POST"], endpoint=invoice_view),
    ],
    converters={"word": _Word},
    merge_slashes=False,
).bind("sandbox")


def application(account: Account) -> WSGIApplication:
    """Return the WSGI application that serves the account."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = _MAX_BODY
        answer = preflight() if request.method == "OPTIONS" else _answer(account, request)
        return let_browsers_read(request, answer)(environ, start_response)

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


def _enter(account: Account, request: Request, key: str, right: Right) -> LNPayWallet:
    check_accept(request)
    return access.enter(account, access.sign_in(account, request), key, right)


def _enter_account(account: Account, request: Request) -> None:
    check_accept(request)
    access.check_may_list(account, access.sign_in(account, request))


def _deposits(account: Account, page: Page, wallet_id: str | None) -> Response:
    return page.answer(wtx_documents(account, account.ledger.deposits(wallet_id, page.size, page.offset)))


def _refuse(account: Account, request: Request, key: str, right: Right, needed: dict[str, str]) -> Response:
    _enter(account, request, key, right)
    check_given(read_parameters(request), needed)
    raise ApiError(400, "Insufficient balance in source wallet")

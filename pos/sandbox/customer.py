"""Playing the customer, in Python and at POST /pay. It is no part of the LNPay API, and needs no key: play money."""

import re
from http import HTTPStatus

from werkzeug import Request, Response
from werkzeug.utils import redirect

from pos.sandbox.account import Account, pay
from pos.sandbox.answers import error_answer, json_answer
from pos.sandbox.documents import Document, lntx_document, wtx_documents
from pos.sandbox.errors import ApiError, SandboxError, error_document
from pos.sandbox.parameters import Parameters, read_integer, read_parameters

# A path on this host. Browsers read `//host` and `/\host` as another one.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\x9f]*")


def play_customer(
    account: Account, payment_request: str, amount_sat: int | None = None, *, late: bool = False
) -> Document:
    """Pay an invoice, announce it to the webhook if there is one, and return the settled LnTx. Raises SandboxError."""
    deposit = pay(account, payment_request, amount_sat, late=late)
    if account.webhook:
        (wtx,) = wtx_documents(account, [deposit])
        account.webhook.announce(wtx, account.now())
    return lntx_document(account, deposit.transaction)


def pay_view(account: Account, request: Request) -> Response:
    """Pay an invoice and answer with the settled LnTx, or go to `next`, a field of the form, whatever came of it.

    To one that the play customer made it answers with the preimage.

    With `late` set to 1 an invoice that has expired is paid, too: so that late money can be rehearsed. A page that
    shows nothing to pay any more names the invoice by `invoice_id`, the id of its LnTx.
    """
    parameters = read_parameters(request)
    answer = _pay(account, parameters)
    target = request.form.get("next", "")
    return redirect(target, HTTPStatus.SEE_OTHER) if _PATH.fullmatch(target) else answer


def invoice_view(account: Account, request: Request) -> Response:
    """Have the play customer make an invoice over `amount_sat`, to which a refund is paid."""
    try:
        amount_sat = _amount(read_parameters(request))
        return json_answer({"payment_request": account.payee.invoice(amount_sat or 0), "amount_sat": amount_sat})
    except SandboxError as error:
        return json_answer(error_document(error.status, str(error)), error.status)


def _pay(account: Account, parameters: Parameters) -> Response:
    payment_request = parameters.get("payment_request") or _by_id(account, parameters.get("invoice_id"))
    if not isinstance(payment_request, str) or not payment_request:
        return error_answer(ApiError(400, "payment_request is missing: the BOLT 11 text of an invoice."))
    try:
        if account.payee.has_made(payment_request):
            preimage = account.payee.pay(payment_request)
            return json_answer({"payment_request": payment_request, "payment_preimage": preimage})
        late = parameters.get("late") in (True, 1, "1")
        return json_answer(play_customer(account, payment_request, _amount(parameters), late=late))
    except SandboxError as error:
        return json_answer(error_document(error.status, str(error)), error.status)


def _by_id(account: Account, invoice_id: object) -> str | None:
    transaction = account.ledger.get(invoice_id) if isinstance(invoice_id, str) else None
    return transaction.payment_request if transaction else None


def _amount(parameters: Parameters) -> int | None:
    for name in ("amount_sat", "num_satoshis"):
        if parameters.get(name) not in (None, ""):
            return read_integer(parameters[name], name)
    return None

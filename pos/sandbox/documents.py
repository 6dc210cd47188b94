"""The JSON objects of the LNPay API, field by field and in LNPay's order (LNPay docs). No HTTP here."""

import json
from typing import Any

from pos.sandbox.account import Wallet
from pos.sandbox.transactions import Deposit, LnTx

Document = dict[str, Any]


def lntx_document(wallet: Wallet, lntx: LnTx) -> Document:
    """Write an LnTx with the fields of 2019, `updated_at` among them, and today's."""
    return _lntx_fields(wallet, lntx) | {"passThru": json.loads(lntx.pass_thru)}


def wallet_document(wallet: Wallet) -> Document:
    """Write the wallet with its balance in sat."""
    newest = wallet.ledger.deposits(1)
    return {
        "id": wallet.keys.wallet_id,
        "created_at": wallet.created_at,
        "updated_at": newest[0].lntx.settled_at if newest else wallet.created_at,
        "user_label": "Sandbox",
        "balance": wallet.ledger.balance(),
        "balance_msat": None,
        "statusType": {"type": "wallet", "name": "active", "display_name": "Active"},
        "walletType": {"name": "generic_wallet", "display_name": "Generic Wallet"},
        "default_lnurlpay_id": None,
    }


def wtx_document(wallet: Wallet, deposit: Deposit, wal: Document) -> Document:
    """Write a wallet transaction; `wal` is the wallet as it is now. The LnTx inside has no passThru of its own."""
    return {
        "id": deposit.id,
        "created_at": deposit.lntx.settled_at,
        "num_satoshis": deposit.lntx.num_satoshis,
        "user_label": deposit.lntx.memo,
        "wal": wal,
        "wtxType": {"layer": "ln", "name": "ln_deposit", "display_name": "LN Deposit"},
        "lnTx": _lntx_fields(wallet, deposit.lntx),
        "passThru": json.loads(deposit.lntx.pass_thru),
    }


def _lntx_fields(wallet: Wallet, lntx: LnTx) -> Document:
    return {
        "id": lntx.id,
        "created_at": lntx.created_at,
        "updated_at": lntx.updated_at,
        "ln_node_id": wallet.node.id,
        "dest_pubkey": wallet.node.pubkey,
        "payment_request": lntx.payment_request,
        "r_hash_decoded": lntx.r_hash_decoded,
        "memo": lntx.memo,
        "description_hash": lntx.description_hash,
        "num_satoshis": lntx.num_satoshis,
        "fee_msat": 0,
        "expiry": lntx.expiry,
        "expires_at": lntx.expires_at,
        "payment_preimage": lntx.preimage if lntx.settled else None,
        "settled": lntx.settled,
        "settled_at": lntx.settled_at,
        "is_keysend": None,
        "is_amp": None,
        "payment_addr": None,
        "custom_records": None,
    }

"""The JSON objects of the LNPay API, field by field and in LNPay's order (LNPay docs). No HTTP here."""

import json
from typing import Any

from pos.sandbox.account import Account
from pos.sandbox.lnpay_wallet import LNPayWallet
from pos.sandbox.transactions import Deposit, LightningTransaction

Document = dict[str, Any]


def lntx_document(account: Account, transaction: LightningTransaction) -> Document:
    """Write an LnTx with the fields of 2019, `updated_at` among them, and today's."""
    return _lntx_fields(account, transaction) | {"passThru": json.loads(transaction.pass_thru)}


def wallet_document(account: Account, wallet: LNPayWallet) -> Document:
    """Write a wallet with its balance in sat."""
    holding = account.ledger.holding(wallet.id)
    return {
        "id": wallet.id,
        "created_at": wallet.created_at,
        "updated_at": holding.newest_at or wallet.created_at,
        "user_label": wallet.user_label,
        "balance": holding.balance,
        "balance_msat": None,
        "statusType": {"type": "wallet", "name": "active", "display_name": "Active"},
        "walletType": {"name": "generic_wallet", "display_name": "Generic Wallet"},
        "default_lnurlpay_id": None,
    }


def wtx_documents(account: Account, deposits: list[Deposit]) -> list[Document]:
    """Write wallet transactions, each with its wallet as it is now. The LnTx inside has no passThru of its own."""
    ids = {deposit.transaction.wallet_id for deposit in deposits}
    wallets = {wallet.id: wallet_document(account, wallet) for wallet in map(account.ledger.wallet, ids) if wallet}
    return [_wtx_document(account, deposit, wallets[deposit.transaction.wallet_id]) for deposit in deposits]


def _wtx_document(account: Account, deposit: Deposit, wal: Document) -> Document:
    return {
        "id": deposit.id,
        "created_at": deposit.transaction.settled_at,
        "num_satoshis": deposit.transaction.num_satoshis,
        "user_label": deposit.transaction.memo,
        "wal": wal,
        "wtxType": {"layer": "ln", "name": "ln_deposit", "display_name": "LN Deposit"},
        "lnTx": _lntx_fields(account, deposit.transaction),
        "passThru": json.loads(deposit.transaction.pass_thru),
    }


def _lntx_fields(account: Account, transaction: LightningTransaction) -> Document:
    return {
        "id": transaction.id,
        "created_at": transaction.created_at,
        "updated_at": transaction.updated_at,
        "ln_node_id": account.node.id,
        "dest_pubkey": account.node.pubkey,
        "payment_request": transaction.payment_request,
        "r_hash_decoded": transaction.r_hash_decoded,
        "memo": transaction.memo,
        "description_hash": transaction.description_hash,
        "num_satoshis": transaction.num_satoshis,
        "fee_msat": 0,
        "expiry": transaction.expiry,
        "expires_at": transaction.expires_at,
        "payment_preimage": transaction.preimage if transaction.settled else None,
        "settled": transaction.settled,
        "settled_at": transaction.settled_at,
        "is_keysend": None,
        "is_amp": None,
        "payment_addr": None,
        "custom_records": None,
    }

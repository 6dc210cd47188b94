"""LNPay: its client, and what its answers say. It cannot spend, and never asks to."""

from pos.lnpay.client import LNPay, knock, signature_is_valid

__all__ = ["LNPay", "knock", "signature_is_valid"]

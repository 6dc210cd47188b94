"""The sandbox: play money that speaks the LNPay API, with real invoices on regtest. Imported only when it is chosen."""

from pos.sandbox.errors import SandboxError
from pos.sandbox.keys import Keys
from pos.sandbox.play_money import open_wallet
from pos.sandbox.sandbox import Sandbox
from pos.sandbox.settings import SandboxSettings as WalletSettings

__all__ = ["Keys", "Sandbox", "SandboxError", "WalletSettings", "open_wallet"]

"""The settings of the sandbox: those of an LNPay, as it is one like any other, with an address and keys of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pos.environment import Fault
from pos.lnpay.settings import LNPaySettings


@dataclass(frozen=True, kw_only=True)
class SandboxSettings(LNPaySettings):
    """Play money on this machine, which needs no settings.

    It is an LNPay like any other, with an address and keys of its own in place of those that are set.
    """

    title: ClassVar[str] = "Sandbox"

    def faults(self) -> Iterator[Fault]:
        yield from ()

"""The settings of the sandbox: those of an LNPay, as it is one like any other, with an address and keys of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pos.environment import Fault
from pos.lnpay.settings import LNPaySettings


@dataclass(frozen=True, kw_only=True)
class SandboxSettings(LNPaySettings):
    """No key is needed: the sandbox makes them, and takes the place of what is set for another LNPay."""

    title: ClassVar[str] = "Sandbox"

    def faults(self) -> Iterator[Fault]:
        yield from ()

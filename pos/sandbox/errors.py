"""What goes wrong in the sandbox: answers of the LNPay API, and payments that a customer cannot make."""

from http import HTTPStatus
from typing import Any


def error_document(status: int, message: str) -> dict[str, Any]:
    """Write an error as LNPay does (LNPay docs, "Errors")."""
    return {"name": HTTPStatus(status).phrase, "message": message, "code": 0, "status": status}


class ApiError(Exception):
    """An error that LNPay answers with; `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class NodeError(ApiError):
    """The Lightning node refused. LNPay tells its clients nothing more than this."""

    def __init__(self) -> None:
        super().__init__(500, "An internal server error occurred.")


class SandboxError(Exception):
    """A payment that cannot be made; its text says why, `status` is the HTTP status that goes with it."""

    status = 400


class WrongAmountError(SandboxError):
    """An amount for an invoice that has its own, or none for an invoice over any amount."""


class NotOursError(SandboxError):
    """A payment request that this sandbox never made."""

    status = 404


class AlreadyPaidError(SandboxError):
    """An invoice that somebody has paid before."""

    status = 409


class ExpiredError(SandboxError):
    """An invoice that nobody paid in time."""

    status = 409

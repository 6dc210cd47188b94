"""A pinned certificate: what a host has to show where no authority vouches for it, as nodes in a shop's back room.

A pin takes the place of the authorities that this machine trusts, for one host. With it neither the name in the
certificate counts nor its dates: nodes name themselves localhost, and the owner has said which certificate is theirs.
Nothing here turns the checking off.
"""

import base64
import binascii
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_THUMBPRINT = re.compile(r"(?:.*=)?((?:[0-9a-fA-F]{2}[: ]?){31}[0-9a-fA-F]{2})")
_BEGIN = "-----BEGIN CERTIFICATE-----"
# X509_V_FLAG_NO_CHECK_TIME of OpenSSL, for which Python has no name.
_NO_CHECK_TIME = 0x200000


class PinError(ValueError):
    """What was given is no certificate, and no thumbprint of one. The text goes on where a setting's name ends."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Which certificate a host has to show: the one with a `thumbprint` (SHA-256 of its DER, 64 hex digits), or one
    that stands in a `pem` or was signed by one there. A PEM in a `file` is read again when it does not fit any more.
    """

    thumbprint: str = ""
    pem: str = ""
    file: Path | None = None

    @classmethod
    def parse(cls, given: str) -> "Pin":
        """Take a thumbprint, a PEM, the base64 of a DER, or the path of a file. Raises PinError."""
        thumbprint = _THUMBPRINT.fullmatch(given)
        if thumbprint:
            return cls(thumbprint=re.sub("[: ]", "", thumbprint[1]).lower())
        pem = given.replace("\\n", "\n") if _BEGIN in given else _pem_of_der(given)
        try:
            pin = cls(pem=pem) if pem else cls(file=Path(given).expanduser())
            pin.rules(pin.read())
        # RuntimeError: ~ stands before the name of nobody here.
        except (OSError, RuntimeError, UnicodeError) as error:
            raise PinError("is no thumbprint, no certificate, and no file that can be read") from error
        except ValueError as error:
            raise PinError("is no certificate, or not a whole one") from error
        return pin

    def read(self) -> str:
        """Return the certificates as they are now. Raises OSError or UnicodeError."""
        return self.pem if self.file is None else self.file.read_text("ascii")

    def rules(self, pem: str) -> dict[str, Any]:
        """Say to urllib3 what a connection has to show. `pem` is what `read` returned. Raises ValueError."""
        if self.thumbprint:
            return {"cert_reqs": "CERT_NONE", "assert_fingerprint": self.thumbprint}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # A certificate that was signed by another one may be trusted for itself.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
        try:
            context.load_verify_locations(cadata=pem)
        except ssl.SSLError as error:
            raise ValueError("no certificate") from error
        return {"ssl_context": context, "cert_reqs": "CERT_REQUIRED", "assert_hostname": False}


def _pem_of_der(given: str) -> str:
    """Return the PEM of a certificate that was written as one line of base64, of either alphabet; else nothing."""
    try:
        text = given.translate(str.maketrans("-_", "+/")).rstrip("=")
        der = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return ssl.DER_cert_to_PEM_cert(der) if der.startswith(b"\x30\x82") else ""

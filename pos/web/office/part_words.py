"""What the parts that the doctor looks at are called in the office."""

from pos.domain.sentence import Sentence
from pos.web.i18n import say

WORDS = {
    "version": Sentence("Version"),
    "settings": Sentence("Settings"),
    "database": Sentence("Database"),
    "time": Sentence("Time"),
    "clock": Sentence("Clock"),
    "screens": Sentence("Screens"),
    "watch": Sentence("Watch over payments"),
    "rate": Sentence("Exchange rate"),
    "printer": Sentence("Printer"),
    "wallet": Sentence("Wallet"),
    "invoice": Sentence("Invoice"),
    "QR": Sentence("QR code"),
    "webhook": Sentence("Messages of the wallet"),
    "lnurl": Sentence("Codes on stickers"),
    "address": Sentence("Lightning address"),
    "owner": Sentence("Owner"),
    "name": Sentence("Name of the shop"),
    "devices": Sentence("Devices"),
}


def called(part: str) -> str:
    """Return what a part is called; one that has no word here yet, by its own name."""
    return say(WORDS[part]) if part in WORDS else part

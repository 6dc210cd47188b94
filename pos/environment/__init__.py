"""How settings are declared and read: once each, for the till's own and for each wallet's. It knows no setting.

A room of its own below both, so that a wallet can declare its settings without knowing those of the till.
"""

from pos.environment.declare import Declaration, Fault, Group, Reader, Wrong, declarations, fresh_secret, setting
from pos.environment.reading import Given, Reading, SettingsError, sentence

__all__ = [
    "Declaration",
    "Fault",
    "Given",
    "Group",
    "Reader",
    "Reading",
    "SettingsError",
    "Wrong",
    "declarations",
    "fresh_secret",
    "sentence",
    "setting",
]

"""A start of the till, as far as its settings go."""

from pathlib import Path

from pos.settings import Settings

NO_FILE = Path("/nonexistent/.env")


def read(tmp_path: Path, **settings: str) -> Settings:
    """Read the settings of a till on the sandbox, as far as these do not say otherwise."""
    return Settings.from_env({"POS_VAR": str(tmp_path), "POS_WALLET": "sandbox", **settings}, NO_FILE)

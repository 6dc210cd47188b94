"""`flask connect`: what somebody with a wallet and no knowledge of Lightning does first."""

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import qrcode
from click.testing import Result
from dotenv import dotenv_values
from PIL import Image, ImageOps

from pos.cli.env_file import write_settings
from tests.command import flask
from tests.disk import full_after
from tests.fakes import FakeClock
from tests.loopback import served
from tests.wallets.doubles.lnbits import ADMIN_KEY, INVOICE_KEY, LNbitsDouble
from tests.wallets.doubles.lnd import BAKED, LndDouble

WRITTEN = "Written to .env, which only you can read."


class Now(FakeClock):
    """The clock of this machine, by which the double signs."""

    def __call__(self) -> float:
        return time.time()


@pytest.fixture
def double() -> LNbitsDouble:
    return LNbitsDouble(Now())


@pytest.fixture
def address(double: LNbitsDouble) -> Iterator[str]:
    with served(double) as address:
        yield address


def connect(folder: Path, *words: str | Path, typed: str | None = None, **settings: str) -> Result:
    own = {"POS_VAR": str(folder / "var"), "POS_NETWORK": "bcrt", **settings}
    return flask(folder, "connect", *words, typed=typed, **own)


def written(folder: Path) -> dict[str, str | None]:
    return dict(dotenv_values(folder / ".env"))


def test_a_till_on_which_nothing_is_set_yet_is_connected_and_sells(tmp_path: Path, address: str) -> None:
    done = connect(tmp_path, f"{address} {INVOICE_KEY}")
    assert done.exit_code == 0, done.output
    assert "The wallet is lnbits. What is paid goes to a wallet at 127.0.0.1:" in done.output
    assert "ok       invoice: the wallet made one over 1 sat, and it passes every check." in done.output
    assert WRITTEN in done.output
    assert INVOICE_KEY not in done.output
    assert written(tmp_path) == {"POS_WALLET": "lnbits", "LNBITS_URL": address, "LNBITS_INVOICE_KEY": INVOICE_KEY}
    again = flask(tmp_path, "doctor", POS_VAR=str(tmp_path / "var"), POS_NETWORK="bcrt", **read(tmp_path))
    assert "the wallet is lnbits" in again.output


def read(folder: Path) -> dict[str, str]:
    return {name: value or "" for name, value in written(folder).items()}


def test_only_its_owner_can_read_what_it_wrote_and_what_else_stood_there_stays(tmp_path: Path, address: str) -> None:
    before = (
        "# our till\nPOS_SHOP_NAME=\"Marta's Stall\"\nexport POS_WALLET=sandbox\nPOS_WALLET_URL='you@old.example'\n"
    )
    (tmp_path / ".env").write_text(before)
    done = connect(tmp_path, f"{address} {INVOICE_KEY}")
    assert done.exit_code == 0, done.output
    assert (tmp_path / ".env").read_text() == (
        '# our till\nPOS_SHOP_NAME="Marta\'s Stall"\n'
        f"POS_WALLET=lnbits\nLNBITS_URL={address}\nLNBITS_INVOICE_KEY={INVOICE_KEY}\n"
    )
    [kept] = tmp_path.glob(".env.before-*")
    assert kept.name in done.output
    assert kept.read_text() == before
    assert [stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / ".env", kept)] == [0o600, 0o600]


def test_it_asks_for_the_string_if_none_is_given(tmp_path: Path, address: str) -> None:
    done = connect(tmp_path, typed=f"{address} {INVOICE_KEY}\n")
    assert "Paste what your wallet shows" in done.output
    assert WRITTEN in done.output


def test_the_string_may_be_in_a_picture(tmp_path: Path, address: str) -> None:
    with (tmp_path / "shown.png").open("wb") as file:
        qrcode.make(f"{address} {INVOICE_KEY}").save(file)
    assert WRITTEN in connect(tmp_path, tmp_path / "shown.png").output


def test_the_picture_may_be_one_that_is_seen_through(tmp_path: Path, address: str) -> None:
    drawn = qrcode.make(f"{address} {INVOICE_KEY}").get_image().convert("L")
    picture = Image.new("RGBA", drawn.size, (0, 0, 0, 0))
    picture.putalpha(ImageOps.invert(drawn))
    picture.save(tmp_path / "shown.png")
    assert WRITTEN in connect(tmp_path, tmp_path / "shown.png").output


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"no picture", "is no picture that can be read"), (None, "There is no QR code in")]
)
def test_a_picture_without_a_code_is_told(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    file = tmp_path / "shown.png"
    Image.new("L", (50, 50), 255).save(file)
    if content:
        file.write_bytes(content)
    done = connect(tmp_path, file)
    assert done.exit_code != 0
    assert sentence in str(done.exception)
    assert not (tmp_path / ".env").exists()


def test_a_picture_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = connect(tmp_path, "photos/Wallet.PNG")
    assert done.exit_code == 1
    assert "There is no file photos/Wallet.PNG." in done.output + str(done.exception)


@pytest.mark.parametrize(
    ("string", "sentence"),
    [
        ("hello", "Nothing was changed: this is no string of a wallet that the till knows."),
        ("type=lnbits;server=https://lnbits.example", "without its api-key"),
        ("type=lnbits;server=lnbits;api-key=" + INVOICE_KEY, "LNBITS_URL must be an http or https address"),
        ("x" * 5000, "no string of a wallet"),
    ],
)
def test_what_is_no_wallets_string_writes_nothing(tmp_path: Path, string: str, sentence: str) -> None:
    (tmp_path / ".env").write_text("POS_WALLET=sandbox\n")
    done = connect(tmp_path, string)
    assert done.exit_code != 0
    assert sentence in done.output + str(done.exception)
    assert (tmp_path / ".env").read_text() == "POS_WALLET=sandbox\n"


def test_a_wrong_key_is_told_with_where_the_right_one_is_and_writes_nothing(tmp_path: Path, address: str) -> None:
    done = connect(tmp_path, f"{address} {'c' * 32}")
    assert done.exit_code != 0
    assert "WRONG    wallet: it refuses the key" in done.output
    assert "open the wallet; it stands under Node URL, API keys and API docs." in done.output
    assert not (tmp_path / ".env").exists()


def test_a_key_that_can_spend_is_taken_with_a_warning(tmp_path: Path, address: str) -> None:
    done = connect(tmp_path, f"{address} {ADMIN_KEY}")
    assert "warning  wallet: LNBITS_INVOICE_KEY is an admin key: whoever steals this till has the money." in done.output
    assert WRITTEN in done.output


def test_what_the_environment_says_instead_is_told(tmp_path: Path, address: str) -> None:
    done = connect(tmp_path, f"{address} {INVOICE_KEY}", POS_WALLET="sandbox")
    assert "POS_WALLET is set in the environment, which goes before .env: take it out there." in done.output


def test_what_flask_has_read_out_of_the_old_file_is_not_the_environments(tmp_path: Path, address: str) -> None:
    (tmp_path / ".env").write_text("POS_WALLET=sandbox\n")
    done = connect(tmp_path, f"{address} {INVOICE_KEY}", POS_WALLET="sandbox")
    assert WRITTEN in done.output
    assert "environment" not in done.output


def test_a_file_that_held_the_key_of_the_wallet_before_is_taken_out_and_that_is_said(
    tmp_path: Path, address: str
) -> None:
    before = "POS_WALLET=lnbits\nLNBITS_URL=https://old.example\nLNBITS_INVOICE_KEY_FILE=/run/secrets/key\n"
    (tmp_path / ".env").write_text(before)
    done = connect(tmp_path, f"{address} {INVOICE_KEY}")
    assert WRITTEN in done.output
    assert "Taken out of it, as it was for the wallet before: LNBITS_INVOICE_KEY_FILE." in done.output
    assert written(tmp_path) == {"POS_WALLET": "lnbits", "LNBITS_URL": address, "LNBITS_INVOICE_KEY": INVOICE_KEY}
    [kept] = tmp_path.glob(".env.before-*")
    assert kept.read_text() == before


def test_such_a_file_in_the_environment_is_told_as_it_would_stop_the_start(tmp_path: Path, address: str) -> None:
    done = connect(tmp_path, f"{address} {INVOICE_KEY}", LNBITS_INVOICE_KEY_FILE="/run/secrets/key")
    assert WRITTEN in done.output
    assert "LNBITS_INVOICE_KEY_FILE is set in the environment, which goes before .env: take it out" in done.output


@pytest.fixture
def node() -> Iterator[str]:
    with served(LndDouble(Now())) as address:
        yield address


def of_lnd(address: str) -> str:
    return f"type=lnd-rest;server={address}/;macaroon={BAKED}"


def test_the_certificate_of_another_node_is_taken_out_where_the_string_has_none(tmp_path: Path, node: str) -> None:
    before = f"LND_REST_URL=https://old.example:8080\nLND_REST_CERT={'AB' * 32}\nLND_ROUTE_HINTS=yes\n"
    (tmp_path / ".env").write_text(before)
    done = connect(tmp_path, of_lnd(node))
    assert WRITTEN in done.output + str(done.exception)
    assert "Taken out of it, as it was for the wallet before: LND_REST_CERT." in done.output
    assert written(tmp_path) == {
        "LND_ROUTE_HINTS": "yes",
        "POS_WALLET": "lnd",
        "LND_REST_URL": node,
        "LND_REST_MACAROON": BAKED,
    }


@pytest.mark.parametrize(
    "before",
    [
        "LND_REST_URL=https://localhost:9",
        "LND_REST_URL=https://localhost:9/",
        "LND_REST_URL=https://LocalHost:9",
        "LND_REST_ENDPOINT=https://localhost:9",
        f"POS_WALLET_URL=type=lnd-rest;server=https://localhost:9/;macaroon={BAKED}",
    ],
)
def test_the_certificate_of_the_same_node_stays_however_its_address_is_written(tmp_path: Path, before: str) -> None:
    (tmp_path / ".env").write_text(f"{before}\nLND_REST_CERT=nowhere.pem\n")
    done = connect(tmp_path, of_lnd("https://localhost:9"))
    assert "LND_REST_CERT is no thumbprint" in str(done.exception)


def test_a_value_is_read_as_it_was_written(tmp_path: Path) -> None:
    odd = {"A": "plain", "B": "two words", "C": 'it\'s # a \\ "$HOME" `x`', "D": "a=b&c=d%20e"}
    write_settings(tmp_path / ".env", odd, (), tmp_path)
    assert written(tmp_path) == odd


def test_a_value_over_many_lines_is_taken_out_as_a_whole(tmp_path: Path) -> None:
    certificate = "-----BEGIN CERTIFICATE-----\nMIIB=\nPOS_NO=1\n-----END CERTIFICATE-----"
    (tmp_path / ".env").write_text(f"A=1\n\n# the node\nCERT='{certificate}'\nKEPT=\"two\nlines\"\nB=2")
    write_settings(tmp_path / ".env", {"C": "3"}, ["CERT"], tmp_path)
    assert (tmp_path / ".env").read_text() == 'A=1\n\n# the node\nKEPT="two\nlines"\nB=2\nC=3\n'


def test_the_first_setting_is_known_behind_the_mark_that_some_editors_begin_a_file_with(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\ufeffA=1\r\nB=2\r\n", "utf-8")
    write_settings(tmp_path / ".env", {"C": "3"}, ["A"], tmp_path)
    assert written(tmp_path) == {"B": "2", "C": "3"}


def test_a_file_behind_a_link_is_written_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("A=1\n")
    (tmp_path / ".env").symlink_to(tmp_path / "real")
    write_settings(tmp_path / ".env", {"A": "2"}, (), tmp_path)
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text() == "A=2\n"


def test_what_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_settings(tmp_path / ".env", {"A": "2"}, (), tmp_path)


def test_a_disk_that_is_full_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path) -> None:
    before = f"A={'a' * 200}\n"
    (tmp_path / ".env").write_text(before)
    with full_after(100), pytest.raises(OSError, match="large"):
        write_settings(tmp_path / ".env", {"B": "2"}, (), tmp_path)
    assert [it.name for it in tmp_path.iterdir()] == [".env"]
    assert (tmp_path / ".env").read_text() == before


def test_a_disk_that_is_full_leaves_a_file_as_it_was_that_is_written_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = f"A={'a' * 100}\n"
    (tmp_path / ".env").write_text(before)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with full_after(150), pytest.raises(OSError, match="large"):
        write_settings(tmp_path / ".env", {"A": "2", "B": "b" * 200}, (), tmp_path)
    assert (tmp_path / ".env").read_text() == before


def test_where_nothing_may_be_made_beside_it_the_file_is_written_itself_and_the_old_one_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, var = tmp_path / "home", tmp_path / "var"
    home.mkdir()
    var.mkdir()
    (home / ".env").write_text("A=a-long-one\nB=2\n")
    (home / ".env").chmod(0o600)
    before = (home / ".env").stat().st_ino
    monkeypatch.setattr(os, "access", lambda *_: False)
    old = write_settings(home / ".env", {"A": "3"}, (), var)
    assert (home / ".env").read_text() == "B=2\nA=3\n"
    assert (home / ".env").stat().st_ino == before
    assert [it.name for it in home.iterdir()] == [".env"]
    assert old
    assert old.parent == var
    assert old.read_text() == "A=a-long-one\nB=2\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
@pytest.mark.parametrize(("owner", "mode"), [((1234, 1234), 0o600), ((0, 1234), 0o640)], ids=["a user", "a group"])
def test_root_leaves_the_file_to_whoever_could_read_it(tmp_path: Path, owner: tuple[int, int], mode: int) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\n")
    file.chmod(mode)
    os.chown(file, *owner)
    old = write_settings(file, {"A": "2"}, (), tmp_path)
    assert old
    for it in (file, old):
        found = it.stat()
        assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (*owner, mode)

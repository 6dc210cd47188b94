"""Events of Nostr: signed as BIP 340 and NIP-01 have it, and believed only whole and unchanged."""

import csv
from dataclasses import replace
from typing import Any

import pytest

from pos.wallets.nwc.crypto import Key
from pos.wallets.nwc.event import parse, sign, verifies
from tests.wallets.doubles.backend import SAMPLES, sample

KEY = Key(b"\x07" * 32)
EVENT = sign(KEY, 1, (("p", "ab" * 32), ("t",)), "hello ☕\n", 1_790_000_000)
# In the shape of bip-0340/test-vectors.csv of bitcoin/bips. libsecp256k1 makes the signatures of those that are TRUE
# anew; those that are FALSE are what it has to refuse.
BIP_340 = list(csv.DictReader((SAMPLES / "nwc/bip340.csv").read_text().splitlines()))


@pytest.mark.parametrize("vector", BIP_340, ids=lambda it: it["index"])
def test_signatures_are_those_of_bip_340(vector: dict[str, str]) -> None:
    pubkey, digest, signature = vector["public key"], *(bytes.fromhex(vector[it]) for it in ("message", "signature"))
    try:
        is_right = verifies(pubkey, digest, signature)
    except ValueError:
        is_right = False
    assert is_right == (vector["verification result"] == "TRUE")
    if vector["secret key"]:
        key = Key(bytes.fromhex(vector["secret key"]))
        assert key.public.upper() == pubkey
        assert key.sign(digest, bytes.fromhex(vector["aux_rand"])) == signature


@pytest.mark.parametrize("said", sample("nwc", "crypto")["events"])
def test_an_event_of_others_is_read_and_is_the_same_as_ours(said: dict[str, Any]) -> None:
    event = parse(said)
    assert event is not None
    assert event.is_genuine
    key = Key(bytes.fromhex(sample("nwc", "crypto")["nip04"][0]["sec1"]))
    assert sign(key, event.kind, event.tags, event.content, event.created_at).id == event.id
    assert event.to_json() | {"tags": said["tags"]} == said


def test_an_event_in_which_anything_was_changed_is_not_genuine() -> None:
    assert EVENT.is_genuine
    other = sign(Key(b"\x09" * 32), 1, EVENT.tags, EVENT.content, EVENT.created_at)
    for changes in (
        {"content": "hello"},
        {"kind": 2},
        {"created_at": 0},
        {"tags": ()},
        {"pubkey": other.pubkey},
        {"pubkey": "ab"},
        {"pubkey": "ff" * 32},
        {"sig": other.sig},
        {"sig": "ab"},
        {"sig": "zz"},
        {"id": other.id},
        {"content": "\ud800"},
    ):
        assert not replace(EVENT, **changes).is_genuine, changes


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 1},
        {"kind": "1"},
        {"tags": None},
        {"tags": ["p"]},
        {"tags": [["p", 1]]},
        {"created_at": None},
        {"sig": []},
    ],
)
def test_what_is_no_event_is_none(changes: dict[str, object]) -> None:
    assert parse(EVENT.to_json() | {"tags": [list(it) for it in EVENT.tags]}) == EVENT
    assert parse(EVENT.to_json() | changes) is None
    assert parse([]) is None


def test_a_tag_is_the_first_of_its_name_that_has_a_value() -> None:
    assert (EVENT.tag("p"), EVENT.tag("t"), EVENT.tag("e")) == ("ab" * 32, None, None)

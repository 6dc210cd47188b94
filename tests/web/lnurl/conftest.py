"""A shop that wallets find, and somebody with one."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from pos.settings import Settings
from tests.web.lnurl.payer import PUBLIC_URL, Payer


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, public_url=PUBLIC_URL)


@pytest.fixture
def payer(client: FlaskClient) -> Payer:
    return Payer(client)

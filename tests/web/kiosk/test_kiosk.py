"""The kiosk: a screen that nobody attends."""

from flask.testing import FlaskClient


def test_a_kiosk_at_rest_leads_to_the_amounts_and_sells_nothing_itself(client: FlaskClient) -> None:
    page = client.get("/kiosk/rest").text
    assert 'href="/kiosk"' in page
    assert "<form" not in page

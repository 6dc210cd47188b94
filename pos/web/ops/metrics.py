"""The figures, for Prometheus. Without a token in the settings they are not there."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from pos.web.auth import authorize
from pos.web.context import current_shop

bp = Blueprint("metrics", __name__)

# Of the text format: https://prometheus.io/docs/instrumenting/exposition_formats/
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@bp.get("/metrics")
def show() -> ResponseReturnValue:
    """Say what the database and the workers have counted."""
    shop = current_shop()
    authorize(shop.settings.metrics_token, "POS_METRICS_TOKEN")
    return Response(shop.metrics.text(shop.store.tally(shop.now())), content_type=CONTENT_TYPE)

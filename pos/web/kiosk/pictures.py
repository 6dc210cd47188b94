"""The kiosk's pictures: drawn once in each process, and served at addresses that name their content."""

import logging
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, url_for

from pos.domain.kiosk_picture import IDLE, IDLE_SIDE, MEDIA_TYPE, TILE_SIDE, Drawn, draw, plain_name
from pos.domain.picture import NoPicture
from pos.web.context import current_shop
from pos.web.headers import FOR_EVER

log = logging.getLogger(__name__)

bp = Blueprint("kiosk_pictures", __name__, url_prefix="/kiosk/picture")

# A shop's goods, and some of another shop's in the same process, as tests have it.
_MOST = 64


@bp.get("/<digest>.webp")
def show(digest: str) -> Response:
    """Send one of the pictures that the shop has now."""
    for file in _files().values():
        drawn = _drawn(file)
        if drawn and drawn.digest == digest:
            return Response(drawn.data, mimetype=MEDIA_TYPE, headers={"Cache-Control": FOR_EVER})
    return abort(404)


def picture_of(name: str) -> Drawn | None:
    """Return the picture of something on offer, or the one that greets (`idle`); None if there is none."""
    file = _files().get(plain_name(name)) if name else None
    return _drawn(file) if file else None


def picture_url(drawn: Drawn) -> str:
    """Return the address of a picture."""
    return url_for("kiosk_pictures.show", digest=drawn.digest)


def _files() -> dict[str, Path]:
    return current_shop().settings.kiosk_pictures or {}


def _drawn(file: Path) -> Drawn | None:
    return _draw(file, IDLE_SIDE if plain_name(file.stem) == IDLE else TILE_SIDE)


@lru_cache(maxsize=_MOST)
def _draw(file: Path, side: int) -> Drawn | None:
    try:
        return draw(file.read_bytes(), side)
    except (OSError, NoPicture) as error:
        # It was one when the till started. Nobody buys a picture.
        log.warning("the kiosk goes without a picture: %s: %s", file, error)
        return None

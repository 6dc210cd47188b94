"""The pictures of the display between two sales: drawn anew when a browser asks for one, and kept in the process."""

import logging
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, url_for

from pos.domain.kiosk_picture import IDLE_SIDE, MEDIA_TYPE, draw
from pos.domain.picture import NoPicture
from pos.web.context import current_shop
from pos.web.headers import FOR_EVER

log = logging.getLogger(__name__)

bp = Blueprint("display_pictures", __name__, url_prefix="/screen/picture")

_MOST = 64


@bp.get("/<name>.webp")
def show(name: str) -> Response:
    """Send one of the pictures that the shop has now."""
    for file in current_shop().settings.display_pictures:
        if _name(file) == name and (data := _drawn(file, name)):
            return Response(data, mimetype=MEDIA_TYPE, headers={"Cache-Control": FOR_EVER})
    return abort(404)


def picture_urls() -> list[str]:
    """Return the addresses of the pictures, in the order of their names."""
    names = map(_name, current_shop().settings.display_pictures)
    return [url_for("display_pictures.show", name=it) for it in names if it]


def _name(file: Path) -> str | None:
    """Name a picture by what changes with it, and without reading it; None where it is gone."""
    try:
        found = file.stat()
    except OSError:
        return None
    return sha256(f"{file.name} {found.st_size} {found.st_mtime_ns}".encode()).hexdigest()[:16]


@lru_cache(maxsize=_MOST)
def _drawn(file: Path, _name: str) -> bytes | None:
    try:
        return draw(file.read_bytes(), IDLE_SIDE).data
    except (OSError, NoPicture) as error:
        # It was one when the till started.
        log.warning("the display goes without a picture: %s: %s", file, error)
        return None

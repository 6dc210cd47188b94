"""The picture of a jar, at an address that changes with it: whoever has it once need not ask again."""

from flask import Blueprint, Response, abort

from pos.web.context import current_shop
from pos.web.headers import FOR_EVER

bp = Blueprint("jar_picture", __name__, url_prefix="/tips/<name>/picture")


@bp.get("/<digest>.jpg")
def show(name: str, digest: str) -> Response:
    """Send the picture that the jar has now, and no other."""
    picture = current_shop().store.jars.picture(name)
    if picture is None or picture.digest != digest:
        abort(404)
    return Response(picture.page, mimetype="image/jpeg", headers={"Cache-Control": FOR_EVER})

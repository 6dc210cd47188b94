"""Who may read the sandbox's answers in a browser: any page, as with LNPay (Yii's Cors filter with its defaults).

The till's own pages are read by nobody else: this is for what lies under the sandbox's path only.
"""

from werkzeug import Request, Response

_VERBS = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
# What the public clients of LNPay send; a browser that asks by name is answered by name.
_HEADERS = "Authorization, Content-Type, X-Api-Key, X-LNPay-sdk, LNPay-Version, X-LNPAY-ASYNC"
_EXPOSED = (
    "Link, X-Pagination-Total-Count, X-Pagination-Page-Count, X-Pagination-Current-Page, X-Pagination-Per-Page, "
    "WWW-Authenticate"
)
# For how many seconds a browser need not ask again.
_MAX_AGE = "86400"


def preflight() -> Response:
    """Answer a browser that asks beforehand what it may send, on any path: the request itself tells a wrong one."""
    return Response(status=200)


def let_browsers_read(request: Request, response: Response) -> Response:
    """Add to an answer, whatever it says, that a page of any origin may read it. No cookies are let through."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers["Allow"] = _VERBS
        headers["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers") or _HEADERS
        headers["Access-Control-Max-Age"] = _MAX_AGE
    return response

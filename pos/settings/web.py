"""The settings of serving: where the till is, behind whom, and which doors are open to programs."""

from dataclasses import dataclass
from typing import ClassVar

from pos.environment import Group, fresh_secret, setting
from pos.environment.readers import Number, secret, site

MAX_PROXIES = 9


def host(given: str) -> str:
    """Take the address of a machine; around one of IPv6 may be the brackets that stand there before a port."""
    return given[1:-1] if given.startswith("[") and given.endswith("]") else given


@dataclass(frozen=True, kw_only=True)
class WebSettings(Group):
    """Where the till is served, behind whom, and which doors are open to programs."""

    title: ClassVar[str] = "Serving"

    secret_key: str = setting(
        "POS_SECRET_KEY",
        secret,
        example=fresh_secret,
        about="Signs the cookies and forms, at least 8 characters.",
        unset="made once, and kept in POS_VAR",
        secret=True,
    )
    host: str = setting(
        "POS_HOST",
        host,
        default="127.0.0.1",
        example="0.0.0.0",  # noqa: S104  what a container needs; it is no default
        about="The address of this machine that the till listens at; `0.0.0.0` stands for all that it has.",
    )
    port: int = setting(
        "POS_PORT",
        Number(1, 65535),
        default="5000",
        example="8080",
        about="The port that the till listens at.",
    )
    workers: int = setting(
        "POS_WORKERS",
        Number(1, 64),
        default="1",
        example="2",
        about="How many processes serve the till; one is enough for a shop.",
    )
    proxies: int = setting(
        "POS_PROXIES",
        Number(0, MAX_PROXIES),
        default="0",
        example="1",
        about="How many proxies stand in front; what `X-Forwarded-*` says is believed of so many and no more.",
    )
    public_url: str | None = setting(
        "POS_PUBLIC_URL",
        site,
        default=None,
        example="https://till.example.com",
        about="The till's address from outside; with https the cookies are for https only.",
    )
    api_token: str | None = setting(
        "POS_API_TOKEN",
        secret,
        default=None,
        example=fresh_secret,
        about="Opens the JSON API to who sends it as `Authorization: Bearer`, at least 8 characters.",
        unset="the API is closed",
        secret=True,
    )
    metrics_token: str | None = setting(
        "POS_METRICS_TOKEN",
        secret,
        default=None,
        example=fresh_secret,
        about="Opens `/metrics` to who sends it as `Authorization: Bearer`, at least 8 characters.",
        unset="`/metrics` is closed",
        secret=True,
    )

    @property
    def is_secure(self) -> bool:
        """Tell whether browsers take the pages for secure: https, or their own machine alone."""
        if self.public_url:
            return self.public_url.startswith("https://")
        return self._is_loopback

    @property
    def is_for_this_machine_alone(self) -> bool:
        """Tell whether nobody else can reach the till: no proxy, no address from outside, and its own machine alone."""
        return self._is_loopback and not self.public_url and not self.proxies

    @property
    def _is_loopback(self) -> bool:
        return self.host == "localhost" or self.host.startswith("127.") or self.host == "::1"

    @property
    def address(self) -> str:
        """Host and port as an address has them; an IPv6 host stands in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Where a browser finds the till: its address from outside, else one that its own machine can open."""
        # Who listens at all that a machine has is at none of them by that name.
        everywhere = self.host in ("0.0.0.0", "::")  # noqa: S104  nothing is bound here
        return self.public_url or f"http://{f'127.0.0.1:{self.port}' if everywhere else self.address}"

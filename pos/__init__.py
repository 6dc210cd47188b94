"""Lightning Till. `create_app` is the only place where the parts are joined."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.utils import import_string

from pos import cli
from pos.cli.network import get, ping
from pos.lnurl_services import PublicLnurlServices
from pos.logs import init_logs
from pos.migrations import migrate, today
from pos.opened import follow_office, open_printer, printer_of_now, with_offices
from pos.rates import Rates, open_rates
from pos.runtime.allowance import Allowance
from pos.runtime.broker import Broker
from pos.runtime.leader import Lease, watch_of
from pos.runtime.measured import Measured
from pos.runtime.shared_clock import SharedClock
from pos.runtime.throttle import Throttle
from pos.services.claim import is_abandoned
from pos.services.doctor import ABANDONED, UNCLAIMED, examine
from pos.services.last_look import LastLook
from pos.services.left_behind import LastCount
from pos.services.printing import open_print_queue
from pos.services.readiness import Readiness
from pos.services.watch import open_watch
from pos.settings import Settings
from pos.settings.storage import sqlite_file
from pos.shop import Shop
from pos.store import Store, StoreError
from pos.store.backup import database_file, has_sales
from pos.transport import Transport, is_public
from pos.version import version
from pos.wallets.base import Hosted, Till, Wallet, is_connected, is_hosted, reads_hints
from pos.wallets.registry import wallet_module
from pos.web import access, bounds, csrf, errors, headers, i18n, macros, redirects, static, theme
from pos.web.api import views as api
from pos.web.hooks import views as hooks
from pos.web.installed import views as installed
from pos.web.ops import metrics

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
# What people are shown, and who watches the server: a new page is a folder of pos/web, and a line here.
PAGES = (
    "till.views",
    "till.draft",
    "till.tip_step",
    "pay.views",
    "pay.card",
    "receipts.views",
    "display.views",
    "display.pictures",
    "sales.views",
    "sales.export",
    "shifts.views",
    "refund.views",
    "printing.views",
    "kiosk.views",
    "kiosk.pictures",
    "tip_jar.views",
    "tip_jar.live",
    "tip_jar.embed",
    "tip_jar.preview",
    "lnurl.views",
    "tip_jar.picture",
    "tip_jar.poster",
    "language.views",
    "pin.views",
    "sign_in.views",
    "sign_in.claim",
    "sign_in.pair",
    "office.views",
    "office.account",
    "office.owners",
    "office.settings",
    "office.devices",
    "office.history",
    "office.jars",
    "office.staff",
    "installed.views",
    "ops.health",
)


def create_app(
    settings: Settings | None = None,
    *,
    wallet: Wallet | None = None,
    clock: Callable[[], float] | None = None,
    running: Callable[[], float] = time.monotonic,
    rates: Rates | None = None,
) -> Flask:
    """Join the parts of a till. Tests hand in a wallet, clocks and rates of their own.

    `clock` gives unix seconds; without one it is this host's, put right by the database's. `running` gives seconds that
    only go forward.

    Raises SettingsError, StoreError or CannotOpen: a till that has no database or no wallet does not start.
    """
    init_logs()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = settings or Settings.from_env()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    bounds.know_hosts(app)
    store = Store(settings.database_url, settings.network, shape=today())
    shared = SharedClock(store.time, running=running)
    clock = clock or shared
    transport = Transport(proxy=settings.socks_proxy)
    wallet = wallet or _open_wallet(settings, clock, transport)
    hosted: Hosted | None = wallet.hosted if is_hosted(wallet) else None
    if hosted:
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {hosted.path: hosted.wsgi})  # type: ignore[method-assign]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    try:
        # Whoever gives a command may not know that an older till still sells; who starts a till does.
        migrate(store.engine, settings.var / "migrate.lock", gently=cli.is_asked())
        settings = with_offices(settings, store)
    except StoreError:
        # Whoever restores a backup in its place must find it closed.
        store.close()
        raise
    shop = Shop(
        settings,
        store,
        wallet,
        clock,
        Broker(store),
        Lease(store, running, watch_of(wallet.identity)),
        Throttle(settings.watch_budget or wallet.questions_per_second, running),
        rates or open_rates(settings, transport, clock),
        Allowance(running),
        PublicLnurlServices(Transport(may_go=is_public)),
    )
    if clock is shared:
        shared.keep()
        shop = replace(shop, keep_time=shared.keep)
    if settings.metrics_token:
        shop = _measured(shop)
    if settings.printer:
        shop = replace(shop, printer=open_printer(shop, settings.printer))
    if settings.card == "on":
        shop = replace(shop, issuers=PublicLnurlServices(Transport(may_go=is_public)))
    if not cli.is_asked():
        _warn(shop)
    app.extensions |= {"shop": shop, "transport": transport, "hosted": hosted}
    app.extensions |= {"readiness": Readiness(shop), "left_behind": LastCount(shop)}
    app.extensions["settings"] = follow_office(app, transport, running)
    app.extensions["last_look"] = LastLook(lambda: examine(app.extensions["shop"], ping, get), clock)
    app.extensions["printing"] = open_print_queue(shop, of_now=lambda: printer_of_now(app), running=running)
    app.extensions["watch"] = open_watch(shop, lead=settings.watch == "server", running=running)
    return _serve(app, shop)


def close(app: Flask) -> None:
    """Let go of every open file and line of an app, as a process has to before it forks.

    SQLite counts its locks per process. A worker that inherits an open one believes in locks that it does not hold,
    and goes on writing into a log that the first process to close it throws away.
    """
    shop: Shop = app.extensions["shop"]
    if is_connected(shop.wallet):
        shop.wallet.close()
    app.extensions["transport"].close()
    shop.broker.close()
    shop.store.close()
    if app.extensions["hosted"]:
        app.extensions["hosted"].close()


def _warn(shop: Shop) -> None:
    """Say in the log what the owner should know before the first sale."""
    for sentence in shop.wallet.advice.warnings:
        log.warning("wallet: %s", sentence)
    if is_abandoned(shop):
        log.warning("owner: %s", ABANDONED)
    elif not shop.settings.sandbox and not shop.store.owners.exist():
        log.warning("owner: %s", UNCLAIMED)
    _warn_of_another_database(shop.settings)


def _warn_of_another_database(settings: Settings) -> None:
    """Say that the sales of before are not moved into the database that the settings name."""
    usual = database_file(sqlite_file(settings.var))
    own = database_file(settings.database_url)
    if usual and not (own and own.absolute() == usual.absolute()) and has_sales(usual):
        log.warning(
            "database: %s holds sales, and POS_DATABASE_URL names another database, into which they do not move."
            " docs/install.md says what that means",
            usual,
        )


def _measured(shop: Shop) -> Shop:
    # Here and not above: a till that nobody watches over does not even load the library.
    from pos.runtime.prometheus import Prometheus

    metrics = Prometheus()
    return replace(shop, wallet=Measured(shop.wallet, metrics), metrics=metrics)


def _serve(app: Flask, shop: Shop) -> Flask:
    settings = shop.settings
    app.config |= _flask_settings(settings)
    app.jinja_env.globals |= {"sandbox": settings.sandbox, "till_version": version()}
    app.jinja_env.globals["has_printer"] = shop.printer is not None
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    i18n.init_app(app)
    theme.init_app(app)
    static.init_app(app, ROOT / "static", settings.var / "static")
    installed.init_app(app)
    macros.init_app(app)
    bounds.init_app(app)
    access.init_app(app)
    protection = csrf.init_app(app, settings.secret_key)
    for page in _pages():
        app.register_blueprint(page)
    # For programs, which prove who they are by a secret of their own; without one in the settings there is no door.
    for door, is_open in (
        (api, settings.api_token is not None),
        (hooks, reads_hints(shop.wallet) and shop.wallet.hook_is_open),
        (metrics, settings.metrics_token is not None),
    ):
        if is_open:
            app.register_blueprint(door.bp)
            protection.exempt(door.bp)
    errors.init_app(app)
    headers.init_app(app)
    redirects.init_app(app)
    access.check_doors(app)
    cli.register(app)
    return app


@cache
def _pages() -> tuple[Blueprint, ...]:
    return tuple(import_string(f"pos.web.{page}.bp") for page in PAGES)


def _flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": (settings.public_url or "").startswith("https://"),
        # What our forms say is ours; WTForms would read its own catalogs anew for every form.
        "WTF_I18N_ENABLED": False,
    }


def _open_wallet(settings: Settings, clock: Callable[[], float], transport: Transport) -> Wallet:
    till = Till(
        transport=transport,
        timeout=settings.wallet_timeout,
        clock=clock,
        folder=settings.var / settings.wallet,
        max_sat=settings.max_sat,
        hooks_address=settings.hooks_address,
    )
    return wallet_module(settings.wallet).open_wallet(settings.wallet_settings, till)

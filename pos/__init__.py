"""Lightning Till. `create_app` is the only place where the parts are joined."""

import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from pos import cli
from pos.migrations import migrate
from pos.rates import Rates, open_rates
from pos.runtime.broker import Broker
from pos.runtime.leader import Lease
from pos.runtime.measured import Measured
from pos.runtime.throttle import Throttle
from pos.sandbox import Sandbox
from pos.sandbox.transport import InProcess
from pos.services.doctor import SPENDS
from pos.services.readiness import Readiness
from pos.services.watch import open_watch
from pos.settings import Settings
from pos.shop import Shop
from pos.store import Store, StoreError
from pos.transport import Transport
from pos.version import version
from pos.wallets.base import Till, Wallet
from pos.wallets.registry import wallet_module
from pos.web import errors, headers, i18n, static, theme
from pos.web.api import views as api
from pos.web.display import views as display
from pos.web.hooks import views as hooks
from pos.web.kiosk import views as kiosk
from pos.web.language import views as language
from pos.web.ops import health, metrics
from pos.web.pay import views as pay
from pos.web.till import tip_step
from pos.web.till import views as till
from pos.web.tip_jar import views as tip_jar

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
# A till that was opened in the morning still sells in the evening.
CSRF_SECONDS = 24 * 60 * 60


def create_app(
    settings: Settings | None = None,
    *,
    wallet: Wallet | None = None,
    clock: Callable[[], float] = time.time,
    running: Callable[[], float] = time.monotonic,
    rates: Rates | None = None,
) -> Flask:
    """Join the parts of a till. Tests hand in a wallet, clocks and rates of their own.

    `clock` gives unix seconds, `running` seconds that only go forward.

    Raises SettingsError or StoreError: a till that cannot keep its book does not start.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = settings or Settings.from_env()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    sandbox = _sandbox(settings, clock) if settings.sandbox and wallet is None else None
    if sandbox:
        settings = _with_keys(settings, sandbox)
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/sandbox": sandbox.wsgi})  # type: ignore[method-assign]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    store = Store(settings.database_url, settings.network)
    try:
        migrate(store.engine, settings.var / "migrate.lock")
    except StoreError:
        # Whoever restores a backup in its place must find it closed.
        store.close()
        raise
    transport = Transport(InProcess(sandbox.wsgi) if sandbox else None)
    shop = Shop(
        settings,
        store,
        wallet or _open_wallet(settings, transport, clock),
        clock,
        Broker(store),
        Lease(store, running),
        Throttle(settings.watch_budget, running),
        # Over the network even where the wallet is in this process: play money has real prices.
        rates or open_rates(settings, Transport(), clock),
    )
    if settings.metrics_token:
        shop = _measured(shop)
    if shop.wallet.spends:
        log.warning("wallet: %s", SPENDS)
    app.extensions |= {"shop": shop, "sandbox": sandbox, "readiness": Readiness(shop)}
    app.extensions["watch"] = open_watch(shop, lead=settings.watch == "server", running=running)
    return _serve(app, settings)


def close(app: Flask) -> None:
    """Let go of every open file of an app, as a process has to before it forks.

    SQLite counts its locks per process. A worker that inherits an open book believes in locks that it does not hold,
    and goes on writing into a log that the first process to close it throws away.
    """
    app.extensions["shop"].broker.close()
    app.extensions["shop"].store.close()
    if app.extensions["sandbox"]:
        app.extensions["sandbox"].close()


def _measured(shop: Shop) -> Shop:
    # Here and not above: a till that nobody watches over does not even load the library.
    from pos.runtime.prometheus import Prometheus

    metrics = Prometheus()
    return replace(shop, wallet=Measured(shop.wallet, metrics), metrics=metrics)


def _serve(app: Flask, settings: Settings) -> Flask:
    app.config |= _flask_settings(settings)
    app.jinja_env.globals |= {"shop_name": settings.shop_name, "sandbox": settings.sandbox, "till_version": version()}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    i18n.init_app(app)
    theme.init_app(app, settings)
    static.init_app(app, ROOT / "static", settings.var / "static")
    csrf = CSRFProtect(app)
    for room in (till, tip_step, pay, display, kiosk, tip_jar, language, health):
        app.register_blueprint(room.bp)
    # For programs, which prove who they are by a secret of their own; without one in the settings there is no door.
    for door, secret in (
        (api, settings.api_token),
        (hooks, settings.wallet_settings.webhook_secret),
        (metrics, settings.metrics_token),
    ):
        if secret:
            app.register_blueprint(door.bp)
            csrf.exempt(door.bp)
    errors.init_app(app)
    headers.init_app(app)
    cli.register(app)
    return app


def _flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": (settings.public_url or "").startswith("https://"),
        "WTF_CSRF_TIME_LIMIT": CSRF_SECONDS,
        "MAX_CONTENT_LENGTH": 64 * 1024,
    }


def _open_wallet(settings: Settings, transport: Transport, clock: Callable[[], float]) -> Wallet:
    till = Till(
        transport=transport,
        timeout=settings.wallet_timeout,
        clock=clock,
        folder=settings.var / settings.wallet,
        max_sat=settings.max_sat,
        hook_address=settings.hook_address,
    )
    return wallet_module(settings.wallet).open_wallet(settings.wallet_settings, till)


def _sandbox(settings: Settings, clock: Callable[[], float]) -> Sandbox:
    secret = settings.wallet_settings.webhook_secret
    folder = settings.var / "sandbox"
    try:
        return Sandbox(
            folder, settings.hook_address if secret else None, secret, clock=clock, max_sats=settings.max_sat
        )
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"the sandbox in {folder} cannot be opened: {error}. It is play money: delete it") from error


def _with_keys(settings: Settings, sandbox: Sandbox) -> Settings:
    """The sandbox is an LNPay like any other, with keys that can only receive."""
    keys = sandbox.keys
    own = replace(
        settings.wallet_settings, url="http://sandbox/v1", api_key=keys.public_key, wallet_key=keys.invoice_key
    )
    return replace(settings, wallet_settings=own)

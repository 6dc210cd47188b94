"""How the till is served: gunicorn with gevent workers, where a waiting screen costs a greenlet and not a thread."""

import os

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402

# What is loaded here stays: to look among it for garbage again and again takes a fifteenth of a start.
gc.disable()

import resource  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from threading import Thread  # noqa: E402
from typing import Any  # noqa: E402

from greenlet import greenlet  # noqa: E402

from pos import close, create_app  # noqa: E402  everything else is imported after the patch
from pos.cli import or_stop  # noqa: E402
from pos.cli.listening import check_free  # noqa: E402
from pos.cli.owner import first_word  # noqa: E402
from pos.cli.served_at import write_served_at  # noqa: E402
from pos.settings import Settings  # noqa: E402
from pos.worker import Connections, with_whole_body  # noqa: E402

gc.enable()

GONE_AFTER_MS = 20_000

with or_stop():
    _settings = Settings.from_env()

wsgi_app = "app:app"
worker_class = "pos.worker.Worker"
bind = _settings.address
# The database and the keys are for the owner alone.
umask = 0o077
workers = _settings.workers
# Each waiting screen is a connection, and an open file; some files are left for the database, the wallet and the log.
_, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
_files = 10_200 if _most == resource.RLIM_INFINITY else min(10_200, _most)
resource.setrlimit(resource.RLIMIT_NOFILE, (_files, _most))
worker_connections = max(_files - 200, 50)
# Longer than a whole call to the wallet, so that a sale under way is finished before a worker goes.
graceful_timeout = _settings.wallet_timeout + 5
# The till itself believes as many proxies as POS_PROXIES says; gunicorn would believe whoever is on this machine.
forwarded_allow_ips = ""
# Should it be bound to a socket, whose other end it always believes.
secure_scheme_headers: dict[str, str] = {}
# It would lie in the home of the user, where all tills of one user would share it.
control_socket_disable = True

_metrics_folder = _settings.var / "metrics"
if _settings.metrics_token:
    # The workers count in files, so that each can add up all. The library decides that when create_app imports it.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics_folder)


def on_starting(server: Any) -> None:
    """Join the parts once before any worker is forked: one that cannot start would be started again for ever."""
    with or_stop():
        check_free(server.cfg.address)
        app = create_app(_settings)
        word = first_word(app, at_terminal=sys.stderr.isatty())
        close(app)
    money = "play money: the sandbox wallet" if _settings.sandbox else f"wallet: {_settings.wallet}"
    server.log.info("%s at http://%s (%s)", _settings.shop_name, bind, money)
    if word:
        # To who started it, and not by the logger: it may write to a file as well.
        sys.stderr.write(f"{word}\n")


def post_worker_init(worker: Any) -> None:
    """Watch in every worker, as long as it serves; one of them leads."""
    # What is here now stays: a search for garbage, which halts every screen, need not walk through it each time.
    gc.collect()
    gc.freeze()
    # Ctrl-C goes to all processes of a terminal, but it is the master that ends its workers, each of them once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    app = worker.wsgi
    # A greenlet keeps as much stack as it ever used: what an answer needs goes with one of its own, and a screen that
    # waits for more has a small one.
    worker.wsgi = with_whole_body(
        lambda environ, start_response: greenlet(app).switch(environ, start_response), app.config["MAX_CONTENT_LENGTH"]
    )
    if not _settings.proxies:
        worker.connections = Connections(worker.worker_connections)
    app.extensions["shop"].broker.most_visitors = worker.worker_connections * 3 // 4
    if worker.age == 1:
        # What is wrong with the wallet stands in the log before the first sale, once; nobody waits for that.
        Thread(target=app.extensions["readiness"].ask, name="first-look", daemon=True).start()
    watch = app.extensions["watch"]

    def is_over(seconds: float) -> bool:
        # A worker that is to end sets a flag, and tells nobody.
        time.sleep(seconds)
        return not worker.alive

    Thread(target=watch.run, args=(is_over,), name="watch", daemon=True).start()
    if printing := app.extensions["printing"]:
        Thread(target=printing.run, args=(is_over,), name="printing", daemon=True).start()


def when_ready(server: Any) -> None:
    """Write down where the till is, and forget what an earlier start has counted.

    No sooner: only who has the address knows that nobody else counts.
    """
    write_served_at(_settings)
    for listener in server.LISTENERS:
        # A tablet that lost its power says nothing; without this its line would look alive for a quarter of an hour.
        listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_AFTER_MS)
    for file in _metrics_folder.glob("*.db"):
        file.unlink()


def child_exit(_server: Any, worker: Any) -> None:
    """Take back what only a living worker can say, however it died; what it counted stays."""
    if _settings.metrics_token:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


# A worker that leaves in good order tidies up after itself: gevent may have seen it die before gunicorn does, and then
# child_exit comes late, or never.
worker_exit = child_exit

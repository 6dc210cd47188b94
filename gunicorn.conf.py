"""How the till is served: gunicorn with gevent workers, where a waiting screen costs a greenlet and not a thread."""

from gevent import monkey

monkey.patch_all()

from pos import close, create_app  # noqa: E402  everything else is imported after the patch
from pos.cli import or_stop  # noqa: E402
from pos.config import Config  # noqa: E402

with or_stop():
    _config = Config.from_env()

wsgi_app = "app:app"
worker_class = "gevent"
bind = _config.address
# The book and the keys are for the owner alone.
umask = 0o077
workers = _config.workers
# Longer than a whole call to the wallet, so that a sale under way is finished before a worker goes.
graceful_timeout = _config.lnpay_timeout + 5
# The till itself believes as many proxies as POS_PROXIES says; gunicorn would believe whoever is on this machine.
forwarded_allow_ips = ""
# Should it be bound to a socket, whose other end it always believes.
secure_scheme_headers = {}
# It would lie in the home of the user, where all tills of one user would share it.
control_socket_disable = True


def on_starting(server):
    """Join the parts once before any worker is forked: one that cannot start would be started again for ever."""
    with or_stop():
        close(create_app(_config))
    money = "play money: the sandbox wallet" if _config.sandbox else f"wallet: {_config.wallet}"
    server.log.info("%s at http://%s (%s)", _config.shop_name, bind, money)

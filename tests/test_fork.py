"""What gunicorn does: join the parts in one process, fork, and serve in others. No sale may be lost on the way."""

import gc
import os
import sqlite3
from dataclasses import replace
from pathlib import Path

from pos import close, create_app
from pos.config import Config


def open_files() -> list[str]:
    return [str(link.readlink()) for link in Path("/dev/fd").iterdir() if link.is_symlink() and link.exists()]


def test_a_process_that_is_about_to_fork_holds_no_book_open(config: Config) -> None:
    app = create_app(replace(config, wallet="sandbox"))
    app.test_client().get("/")
    app.extensions["shop"].store.check()
    close(app)
    assert [file for file in open_files() if str(config.var) in file] == []


def test_no_sale_of_a_worker_is_lost_when_its_parent_cleans_up(config: Config) -> None:
    play = replace(config, wallet="sandbox")
    parent = create_app(play)
    close(parent)
    go_read, go_write = os.pipe()
    sold_read, sold_write = os.pipe()
    worker = os.fork()
    if worker == 0:
        client = create_app(play).test_client()
        auth = {"Authorization": f"Bearer {config.api_token}"}
        for number in range(6):
            made = client.post("/api/v1/charges", json={"amount_sat": 5}, headers=auth)
            os.write(sold_write, b"." if made.status_code == 201 else b"x")
            if number == 2:
                os.read(go_read, 1)
        os._exit(0)
    assert os.read(sold_read, 1) + os.read(sold_read, 1) + os.read(sold_read, 1) == b"..."
    del parent
    gc.collect()
    os.write(go_write, b"!")
    os.waitpid(worker, 0)
    with sqlite3.connect(config.var / "till.db") as book:
        assert book.execute("SELECT count(*) FROM charge").fetchone() == (6,)
    book.close()

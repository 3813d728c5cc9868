"""Starts real servers for tests, on free ports, and stops them."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def postgresql_bin() -> Path | None:
    """The folder of PostgreSQL's own programs, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else (Path(on_path).parent if on_path else None)


@contextmanager
def postgresql() -> Iterator[str]:
    """A fresh PostgreSQL; gives its URL. PostgreSQL refuses to run as root: root runs it as the user `postgres`.

    Raises:
        LookupError: PostgreSQL is not installed, or root finds no user to run it as.
    """
    programs = postgresql_bin()
    if programs is None:
        raise LookupError("PostgreSQL is not installed")
    prefix: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="what-now-pg-"))
    if os.geteuid() == 0:
        try:
            account = pwd.getpwnam("postgres")
        except KeyError:
            raise LookupError("there is no user to run PostgreSQL as") from None
        os.chown(folder, account.pw_uid, account.pw_gid)
        prefix = ["runuser", "-u", "postgres", "--"]
    port = free_port()
    data = folder / "data"
    control = [str(programs / "pg_ctl"), "-D", str(data)]
    try:
        initdb = [str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "test", "-E", "UTF8", "--no-sync"]
        subprocess.run([*prefix, *initdb], check=True, cwd="/", stdout=subprocess.DEVNULL)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off"
        subprocess.run(
            [*prefix, *control, "-w", "-o", options, "start"], check=True, cwd="/", stdout=subprocess.DEVNULL
        )
        yield f"postgresql+psycopg://test@127.0.0.1:{port}/postgres"
    finally:
        stop = [*prefix, *control, "-m", "immediate", "stop"]
        subprocess.run(stop, check=False, cwd="/", stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis(port: int | None = None) -> Iterator[str]:
    """An empty Redis that keeps nothing on disk; gives its URL. ``port``: a free one unless it is given.

    Raises:
        LookupError: Redis is not installed.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise LookupError("Redis is not installed")
    port = port or free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([program, *options], cwd="/", stdout=subprocess.DEVNULL)
    try:
        _await(port, server)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


def _await(port: int, server: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    """Waits until a server takes connections.

    Raises:
        RuntimeError: it ended, or took none in time.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError("the server does not answer")

"""Throw-away PostgreSQL and Redis servers for the tests, on free ports and in a folder that is removed afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tasks.errors import Problem
from tasks.ports import free_port
from tasks.processes import last_words, run_captured, start_group, stop_group
from tasks.system_packages import postgres_program

HOST = "127.0.0.1"


def _wait_for(port: int, patience: float = 30.0) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise Problem(f"A server for the tests did not answer on port {port} within {patience:.0f} seconds.")


@contextlib.contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[None]:
    process = start_group(["sh", "-c", 'exec "$@" >/dev/null 2>&1', "sh", *command], os.environ, Path("/"))
    try:
        _wait_for(port)
        yield
    finally:
        stop_group(process)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """An empty Redis that keeps nothing; gives its address."""
    port = free_port()
    options = ["--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no", "--dir", "/tmp"]  # noqa: S108
    with _running([shutil.which("redis-server") or "redis-server", *options], port):
        yield f"redis://{HOST}:{port}/0"


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL with an empty database; gives its address. As root it runs under its own account."""
    initdb, server, createdb = (postgres_program(name) for name in ("initdb", "postgres", "createdb"))
    if not (initdb and server and createdb):
        raise Problem("PostgreSQL's programs initdb, postgres and createdb are not all there.")
    become: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="pg-test-"))
    try:
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
            become = ["runuser", "-u", "postgres", "--"]
        data, port = folder / "data", free_port()
        made = run_captured(
            [*become, str(initdb), "-D", str(data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync"], cwd=folder
        )
        if made.returncode != 0:
            raise Problem(f"PostgreSQL for the tests could not be made: {last_words(made.stderr)}.")
        options = [
            "-D",
            str(data),
            "-p",
            str(port),
            "-k",
            str(folder),
            "-c",
            f"listen_addresses={HOST}",
            "-c",
            "fsync=off",
        ]
        with _running([*become, str(server), *options], port):
            done = run_captured([str(createdb), "-h", HOST, "-p", str(port), "-U", "tests", "tests"])
            if done.returncode != 0:
                raise Problem(f"PostgreSQL for the tests has no database: {last_words(done.stderr)}.")
            yield f"postgresql://tests@{HOST}:{port}/tests"
    finally:
        shutil.rmtree(folder, ignore_errors=True)

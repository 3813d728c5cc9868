"""A PostgreSQL that survives being killed, and a Redis that need not."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.servers import free_port, postgresql_bin
from tests.torture.programs import Program

USER = "test"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


def postgresql(folder: Path, env: dict[str, str]) -> tuple[Program, str, Path]:
    """A PostgreSQL, not started yet, its address without a driver and its own folder. It writes through to the disk.

    ``folder``: for its log.

    Raises:
        LookupError: it is not installed, or root finds no user to run it as.
    """
    programs = postgresql_bin()
    if programs is None:
        raise LookupError("PostgreSQL is not installed: run with --sqlite")
    user = None
    home = Path(tempfile.mkdtemp(prefix="what-now-torture-pg-"))
    if os.geteuid() == 0:
        try:
            account = pwd.getpwnam("postgres")
        except KeyError:
            raise LookupError("there is no user to run PostgreSQL as: run with --sqlite") from None
        user = account.pw_name
        os.chown(home, account.pw_uid, account.pw_gid)
    data, port = home / "data", free_port()
    initdb = [str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", USER, "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, cwd="/", stdout=subprocess.DEVNULL, user=user)
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(home), *options]

    def ready() -> bool:
        try:
            with psycopg.connect(f"host=127.0.0.1 port={port} user={USER} dbname=postgres connect_timeout=2") as found:
                return found.execute("SELECT 1").fetchone() == (1,)
        except psycopg.Error:
            return False

    program = Program("database", command, env, folder, ready, user=user)
    return program, f"{USER}@127.0.0.1:{port}", home


def make_databases(address: str, names: tuple[str, ...]) -> None:
    """Empty databases beside each other."""
    user, _, place = address.partition("@")
    host, _, port = place.partition(":")
    with psycopg.connect(f"host={host} port={port} user={user} dbname=postgres", autocommit=True) as connection:
        for name in names:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())


def redis(folder: Path, env: dict[str, str]) -> tuple[Program, str]:
    """A Redis that keeps nothing, not started yet, and its address.

    Raises:
        LookupError: it is not installed.
    """
    found = shutil.which("redis-server")
    if found is None:
        raise LookupError("Redis is not installed: run with --sqlite")
    port = free_port()
    command = [found, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]

    def ready() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.settimeout(1)
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    return Program("redis", command, env, folder, ready), f"redis://127.0.0.1:{port}/0"

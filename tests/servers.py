"""Starts real servers for tests, on free ports, and stops them."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
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

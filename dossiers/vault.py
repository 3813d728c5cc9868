"""Keeps files that people sent, encrypted, in a folder that no web server serves.

A file has a random name and a key of its own. Whoever keeps the key (`dossiers.documents`, sealed in the file's row)
can make the file unreadable by forgetting it, wherever copies of the folder may be.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import time
import uuid
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import structlog
from cryptography.fernet import Fernet, InvalidToken

DEFAULT_FOLDER = "var/documents"
SCAN_SECONDS = 30
LEFT_OVER_SECONDS = 3600  # an upload that is going on has a file before it has a row
log = structlog.get_logger(__name__)


class FileMissing(Exception):
    """The file is not there, or is not what was put there."""


class Scan(Enum):
    """What the virus scan said. ``off``: none is configured; ``failed``: it gave no answer."""

    CLEAN = auto()
    INFECTED = auto()
    FAILED = auto()
    OFF = auto()


@dataclass(frozen=True, slots=True)
class Vault:
    """A folder of encrypted files. ``command``: the virus scan; it gets a file on its standard input."""

    folder: Path
    command: tuple[str, ...] = ()
    scan_seconds: float = SCAN_SECONDS

    def put(self, data: bytes) -> tuple[str, str]:
        """Keeps a file. Gives its name and its key.

        Raises:
            OSError: it cannot be written.
        """
        name, key = uuid.uuid4().hex, Fernet.generate_key()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(Fernet(key).encrypt(data))
            file.flush()
            os.fsync(file.fileno())
        return name, key.decode()

    def get(self, name: str, key: str) -> bytes:
        """The file again.

        Raises:
            FileMissing: it is gone, or it was changed.
        """
        try:
            return Fernet(key).decrypt((self.folder / name).read_bytes())
        except (OSError, InvalidToken, ValueError):
            raise FileMissing from None

    def remove(self, name: str) -> None:
        """Deletes a file; one that is gone already is fine."""
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            log.warning("document_not_removed", reason=type(error).__name__)

    def left_over(self) -> list[str]:
        """The names of all files that are older than an upload can last."""
        if not self.folder.is_dir():
            return []
        before = time.time() - LEFT_OVER_SECONDS
        return [file.name for file in self.folder.iterdir() if file.is_file() and file.stat().st_mtime < before]

    def scan(self, data: bytes) -> Scan:
        """What the virus scan says: exit code 0 is clean, 1 is infected, and everything else is no answer."""
        if not self.command:
            return Scan.OFF
        try:
            done = subprocess.run(  # noqa: S603 - the command is a setting of the service
                self.command, input=data, timeout=self.scan_seconds, check=False, capture_output=True
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("virus_scan_failed", reason=type(error).__name__)
            return Scan.FAILED
        if done.returncode not in (0, 1):
            log.warning("virus_scan_failed", code=done.returncode)
        return {0: Scan.CLEAN, 1: Scan.INFECTED}.get(done.returncode, Scan.FAILED)


def configured() -> Vault:
    """The vault that the environment names: DOCUMENTS_DIR and VIRUS_SCAN."""
    folder = Path(os.environ.get("DOCUMENTS_DIR") or DEFAULT_FOLDER)
    return Vault(folder, tuple(shlex.split(os.environ.get("VIRUS_SCAN", ""))))

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks import disk, health, ports, start
from tasks.errors import Problem


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_seen_and_a_free_one_too(taken: int):
    assert ports.is_taken("127.0.0.1", taken)
    assert not ports.is_taken("127.0.0.1", ports.free_port())


def test_a_taken_port_says_which_and_what_to_do(values: dict[str, str], taken: int):
    values = {**values, "APP_PORT": str(ports.free_port()), "BOT_PORT": str(taken)}
    with pytest.raises(Problem) as raised:
        start.check_ports(values)
    assert str(raised.value) == (
        f"Port {taken}, for the bot, is taken by another program: choose another with `make run BOT_PORT={taken + 1}`."
    )


def test_an_assistant_that_runs_already_is_named(values: dict[str, str], taken: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "app_health", lambda settings: {"status": "ok"})
    with pytest.raises(Problem, match=f"The assistant already runs at http://127.0.0.1:{taken}"):
        start.check_ports({**values, "APP_PORT": str(taken)})


def test_too_little_room_is_said_before_anything_starts(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    usage = shutil._ntuple_diskusage(10**12, 10**12, 300 * disk.MEGABYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(disk, "NEEDS", {checkout / "not-there": 1000})
    with pytest.raises(Problem, match=r"has 300 MB free and about 1100 MB are needed: make room and start again\."):
        disk.check(checkout)
    (checkout / "not-there").mkdir()
    disk.check(checkout)


def test_what_is_there_already_needs_no_room(tmp_path: Path):
    (tmp_path / "there").mkdir()
    assert disk.needed({tmp_path / "there": 1000, tmp_path / "not": 10}) == disk.ALWAYS + 10


def test_the_greeting_says_where_it_runs(values: dict[str, str]):
    text = start.greeting({**values, "APP_HOST": "0.0.0.0"}, "agent: an, password: x", 3.21)
    assert "http://127.0.0.1:8000/" in text
    assert "http://127.0.0.1:8000/desk" in text
    assert "agent: an, password: x" in text
    assert "3.2 s" in text


def test_no_secret_is_on_a_command_line(values: dict[str, str]):
    for service in (start.bot(values), start.app(values)):
        assert "token" not in " ".join(service.command)

"""What a person wrote is in no log, not even when it is in the words of an error."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import log

SECRET = "my landlord is called Janssens"


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    before = structlog.get_config(), logging.getLogRecordFactory()
    log.configure(as_json=False)
    yield
    structlog.configure(**before[0])
    logging.setLogRecordFactory(before[1])


def broken() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"cannot read {SECRET}") from error


def test_an_event_tells_kinds_and_places_of_errors_without_their_words(capsys):
    try:
        broken()
    except ValueError:
        structlog.get_logger("test").exception("something_broke", conversation="c1")
    told = capsys.readouterr().out
    assert SECRET not in told
    for shown in ("something_broke", "c1", "ValueError", "KeyError", "test_log.py", "in broken"):
        assert shown in told


def test_so_does_every_library():
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    library = logging.getLogger("some.library")
    library.addHandler(handler)
    try:
        broken()
    except ValueError:
        library.exception("a task failed")
    finally:
        library.removeHandler(handler)
    assert SECRET not in written.getvalue()
    for shown in ("a task failed", "ValueError", "KeyError", "in broken"):
        assert shown in written.getvalue()


def test_several_errors_at_once_are_told_too(capsys):
    try:
        raise ExceptionGroup(SECRET, [ValueError(SECRET), OSError(SECRET)])
    except ExceptionGroup as error:
        structlog.get_logger("test").error("several", exc_info=error)
    told = capsys.readouterr().out
    assert SECRET not in told
    assert "OSError" in told

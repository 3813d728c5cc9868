"""Logging: events with ids, never what a person wrote.

The words of an error are no exception: “invalid value: my landlord …” is what somebody wrote. Of an error its kinds and
its places are logged, by our own events and by every library's.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure(*, as_json: bool) -> None:
    """One line an event, for people or for machines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_words,
            structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.setLogRecordFactory(_record)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # the library logs what a server answered, word for word; the platform logs what matters
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)


def without_words(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Puts the kinds and places of an error in the place of the error."""
    given = event.pop("exc_info", None)
    if given:
        error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exception()
        if error is not None:
            event["exception"] = places(error)
    return event


def places(error: BaseException) -> str:
    """An error and those that led to it as a trace without their words."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    inner = [places(one) for one in error.exceptions] if isinstance(error, BaseExceptionGroup) else []
    lines = [places(before), ""] if before is not None else []
    frames = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    return "\n".join([*lines, *inner, frames, f"{type(error).__module__}.{type(error).__qualname__}"])


def _record(*given: Any, **named: Any) -> logging.LogRecord:
    """A line of a library's log; formatters take the text of an error that is there already."""
    record = logging.LogRecord(*given, **named)
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = places(record.exc_info[1])
    return record

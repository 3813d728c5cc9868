"""Logging: events with ids, never what a person wrote."""

from __future__ import annotations

import logging

import structlog


def configure(*, as_json: bool) -> None:
    """One line an event, for people or for machines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # the library logs what a server answered, word for word; the platform logs what matters
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)

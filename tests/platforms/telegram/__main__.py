"""Runs the emulator as a process of its own."""

from __future__ import annotations

import argparse

import uvicorn

from tests.platforms.telegram.app import create_app, settings


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.platforms.telegram")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--first-retry", type=float, default=1.0, help="seconds before a webhook is tried again")
    given = parser.parse_args()
    uvicorn.Server(settings(create_app(first_retry=given.first_retry), given.host, given.port)).run()


if __name__ == "__main__":
    main()

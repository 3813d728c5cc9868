"""`python -m tests.torture`: nothing lost, nothing doubled, in order, while everything is killed.

python -m tests.torture --messages 10000 --minutes 10 --seed 7
python -m tests.torture --quick          less than a minute, with a stub bot, to see that this program works
python -m tests.torture ack              how fast the webhooks acknowledge
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.torture import ack
from tests.torture.options import CHANNELS, RASA, STUB, Options, quick
from tests.torture.programs import NotReady
from tests.torture.story import Story


def options() -> Options:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int)
    parser.add_argument("--minutes", type=float, help="after which nothing new is sent")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--people", type=int, help="on each channel")
    parser.add_argument("--apps", type=int, help="how many app processes (one with --sqlite)")
    parser.add_argument(
        "--sqlite", action="store_true", help="one app on SQLite instead of two on PostgreSQL and Redis"
    )
    parser.add_argument("--bot", choices=(RASA, STUB))
    parser.add_argument("--channels", help="some of web,telegram,whatsapp")
    parser.add_argument("--quick", action="store_true", help="a short run with a stub bot")
    parser.add_argument("--peace", action="store_true", help="nothing is broken: how it is without troubles")
    parser.add_argument("--folder", type=Path, help="where logs stay; a new one in the temporary folder")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="what-now-torture-"))
    folder.mkdir(parents=True, exist_ok=True)
    chosen = quick(folder, given.seed) if given.quick else Options(folder, given.seed)
    if given.sqlite:
        chosen = replace(chosen, sqlite=True, apps=1)
    values = {name: getattr(given, name) for name in ("messages", "minutes", "people", "apps", "bot")}
    values["channels"] = tuple(one for one in CHANNELS if one in given.channels.split(",")) if given.channels else None
    return replace(chosen, peace=given.peace, **{name: value for name, value in values.items() if value is not None})


def main() -> int:
    """Runs it; 0 when nothing is wrong."""
    if sys.argv[1:2] == ["ack"]:
        return ack.main(sys.argv[2:], print)
    chosen, began = options(), time.monotonic()
    print(f"seed {chosen.seed}; logs in {chosen.folder}")

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {text}", flush=True)

    # everything that was started is ended, also when this program is told to end
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        report = asyncio.run(Story(chosen, say).run())
    except KeyboardInterrupt:
        print("It was ended.", file=sys.stderr)
        return 130
    except (LookupError, NotReady) as error:
        print(f"It could not be done: {error}", file=sys.stderr)
        return 2
    for line in report.lines():
        print(line)
    return 0 if report.good else 1


if __name__ == "__main__":
    sys.exit(main())

"""`python3 -m tasks NAME`: the commands behind the Makefile."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from tasks import checks, clean, environments, locks, model, parts, settings, start, talk, testing
from tasks.console import complain
from tasks.errors import Problem, full_disk, is_full_disk
from tasks.paths import ROOT

HELP = {
    "setup": "make both environments, the encoder, the widget, the database and the model",
    "run": "set up what is missing, start bot and app, stop both on Ctrl-C",
    "test": "install what the tests need and run everything",
    "check": "linter, types, training data, knowledge, imports",
    "chat": "the same conversation in a terminal",
    "train": "train the model if its sources have changed",
    "evaluate": "measure the understanding on a file of questions",
    "bench": "measure speed, memory and start",
    "bench-understanding": "measure the understanding on public data",
    "bench-plan": "measure how fast plans are made, or check what must hold for each",
    "bench-desk": "measure the desk with thousands of dossiers and open conversations",
    "torture": "send messages while everything is killed, and count what is lost or doubled",
    "lock": "compile the lock files anew",
    "clean": "remove everything that can be made again",
    "environments": "make both environments only",
    "widget": "build the widget only",
}


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python3 -m tasks", description=__doc__)
    names = top.add_subparsers(dest="task", required=True, metavar="NAME")
    commands = {name: names.add_parser(name, help=text, description=text) for name, text in HELP.items()}
    commands["run"].add_argument("--port", help="where the app listens (default 8000)")
    commands["run"].add_argument("--keep-model", action="store_true", help="start with the model that is there")
    commands["train"].add_argument("--force", action="store_true", help="also when nothing has changed")
    commands["evaluate"].add_argument("file", help="one question a line, as JSON")
    commands["evaluate"].add_argument("--floor", default="", help="raise: write better figures into the floor")
    commands["bench"].add_argument("arguments", nargs=argparse.REMAINDER)
    commands["bench-understanding"].add_argument("data", help="folder with BANKING77 and CLINC150")
    commands["bench-understanding"].add_argument("arguments", nargs=argparse.REMAINDER)
    commands["bench-plan"].add_argument("arguments", nargs=argparse.REMAINDER)
    commands["bench-desk"].add_argument("arguments", nargs=argparse.REMAINDER)
    commands["torture"].add_argument("arguments", nargs=argparse.REMAINDER)
    commands["lock"].add_argument("--upgrade", action="store_true", help="take the newest releases that fit")
    return top


def train(values: dict[str, str], force: bool) -> int:
    """Only training and what it needs."""
    if force:
        model.MODEL.with_name(model.STAMP).unlink(missing_ok=True)
    start.prepare_bot(values)
    return 0


def setup(values: dict[str, str]) -> int:
    """Everything but the start."""
    start.prepare(values)
    return 0


def only_environments() -> int:
    """Both environments."""
    environments.ensure(environments.APP, environments.BOT)
    return 0


def only_widget(values: dict[str, str]) -> int:
    """The widget's build."""
    environments.ensure(environments.APP)
    parts.widget(values)
    return 0


def dispatch(given: argparse.Namespace) -> int:
    """Run the task that was asked for."""
    if given.task == "clean":
        return clean.run()
    if given.task == "lock":
        return locks.run(given.upgrade)
    if given.task == "environments":
        return only_environments()
    values = settings.load({"APP_PORT": getattr(given, "port", None)})
    tasks = {
        "setup": lambda: setup(values),
        "run": lambda: start.run(values, given.keep_model),
        "test": lambda: testing.run(values),
        "check": lambda: checks.run(values),
        "chat": lambda: talk.chat(values),
        "train": lambda: train(values, given.force),
        "evaluate": lambda: talk.evaluate(values, given.file, given.floor),
        "bench": lambda: talk.bench(values, given.arguments),
        "bench-understanding": lambda: talk.bench_understanding(values, given.data, given.arguments),
        "bench-plan": lambda: talk.bench_plan(values, given.arguments),
        "bench-desk": lambda: talk.bench_desk(values, given.arguments),
        "torture": lambda: talk.torture(values, given.arguments),
        "widget": lambda: only_widget(values),
    }
    return tasks[given.task]()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a task; whatever a person can mend is one sentence and exit code 1."""
    given = parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    os.chdir(ROOT)
    try:
        return dispatch(given)
    except Problem as problem:
        complain(str(problem))
        return 1
    except OSError as error:
        if not is_full_disk(error):
            raise
        complain(full_disk(ROOT))
        return 1
    except KeyboardInterrupt:
        complain("Interrupted; the next start goes on from here.")
        return 130


if __name__ == "__main__":
    sys.exit(main())

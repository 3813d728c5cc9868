"""`make chat`, `make evaluate` and `make bench`: start what is needed, run one command in front, stop it again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tasks import environments, health, start
from tasks.console import Progress
from tasks.errors import Problem
from tasks.paths import APP_PYTHON, LOGS, ROOT
from tasks.ports import free_port
from tasks.processes import run_shown
from tasks.settings import address
from tasks.supervisor import Service, Supervisor

FOLDER = LOGS / "beside"  # so that the logs of a running assistant are left alone
STOCK = ROOT / "bench" / "stock" / "requirements.txt"


def beside(settings: Mapping[str, str]) -> dict[str, str]:
    """The same settings on free ports, so that it can run beside an assistant that is already there."""
    values = {**settings, "APP_HOST": "127.0.0.1", "BOT_HOST": "127.0.0.1"}
    values["APP_PORT"] = str(free_port())
    values["BOT_PORT"] = str(free_port())
    values["ACTION_ENDPOINT_URL"] = f"{address(values['APP_HOST'], values['APP_PORT'])}/internal/actions"
    return values


@contextlib.contextmanager
def running(services: Sequence[Service], settings: Mapping[str, str], with_app: bool) -> Iterator[None]:
    """Services that live as long as the block."""
    supervisor = Supervisor(services)
    try:
        supervisor.start()
        with Progress("Starting"):
            supervisor.wait_until(lambda: start.missing(settings, with_app), start.PATIENCE)
        yield
    finally:
        supervisor.stop()


def chat(settings: Mapping[str, str]) -> int:
    """The same conversation in a terminal; uses the assistant that runs already, if one does."""
    command = [str(APP_PYTHON), "-m", "channels.terminal"]
    answer = health.app_health(settings)
    if answer is not None and not health.unhealthy(answer):  # one runs already
        return run_shown(command, settings)
    start.prepare(settings)
    values = beside(settings)
    with running([start.bot(values, False, FOLDER), start.app(values, False, FOLDER)], values, with_app=True):
        return run_shown(command, values)


def evaluate(settings: Mapping[str, str], file: str) -> int:
    """Measure the trained understanding on a file of questions."""
    questions = Path(file).resolve()
    if not questions.is_file():
        raise Problem(f"{file} is no file: `make evaluate FILE=questions.jsonl` takes one question a line.")
    start.prepare_bot(settings)
    values = beside(settings)
    with running([start.bot(values, False, FOLDER)], values, with_app=False):
        return run_shown([str(APP_PYTHON), "-m", "bench.evaluate", str(questions)], values)


def bench(settings: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Measure speed, memory and start, beside a stock Rasa in an environment of its own."""
    start.prepare(settings)
    if STOCK.exists():
        environments.ensure(environments.Environment("stock", "3.10", STOCK))
    return run_shown([str(APP_PYTHON), "-m", "bench", *arguments], settings)

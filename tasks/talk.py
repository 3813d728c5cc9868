"""`make chat`, `make evaluate` and `make bench`: start what is needed, run one command in front, stop it again."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tasks import environments, health, parts, start, system_packages
from tasks.console import Progress
from tasks.errors import Problem
from tasks.paths import APP_PYTHON, LOGS, ROOT
from tasks.ports import free_port
from tasks.processes import run_shown
from tasks.settings import address
from tasks.supervisor import Supervisor

FOLDER = LOGS / "beside"  # so that the logs of a running assistant are left alone
STOCK = ROOT / "bench" / "stock" / "requirements.txt"


def beside(settings: Mapping[str, str]) -> dict[str, str]:
    """The same settings on free ports, so that it can run beside an assistant that is already there."""
    values = {**settings, "APP_HOST": "127.0.0.1", "BOT_HOST": "127.0.0.1"}
    values["APP_PORT"] = str(free_port())
    values["BOT_PORT"] = str(free_port())
    values["APP_URL"] = address(values["APP_HOST"], values["APP_PORT"])
    values["ACTION_ENDPOINT_URL"] = f"{values['APP_URL']}/internal/actions"
    return values


def throw_away(settings: Mapping[str, str], folder: str) -> dict[str, str]:
    """Empty databases that nobody keeps, and no limits: measurements leave no trace among real conversations."""
    return {
        **settings,
        "DATABASE_URL": f"sqlite:///{folder}/app.db",
        "TRACKER_DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "CONVERSATIONS_PER_MINUTE": "1000000",
        "MESSAGES_PER_MINUTE": "1000000",
    }


@contextlib.contextmanager
def running(settings: Mapping[str, str]) -> Iterator[None]:
    """Bot and app that live as long as the block and write only to their logs."""
    supervisor = Supervisor([start.bot(settings, False, FOLDER), start.app(settings, False, FOLDER)])
    try:
        supervisor.start()
        with Progress("Starting bot and app"):
            supervisor.wait_until(lambda: start.missing(settings), start.PATIENCE)
        yield
    finally:
        supervisor.stop()


def chat(settings: Mapping[str, str]) -> int:
    """The same conversation in a terminal; uses the assistant that runs already, if one does."""
    command = [str(APP_PYTHON), "-m", "channels.terminal"]
    answer = health.app_health(settings)
    if answer is not None and not health.unhealthy(answer):  # one runs already
        here = address(settings["APP_HOST"], settings["APP_PORT"])
        return run_shown(command, {**settings, "APP_URL": here})
    start.prepare(settings)
    values = beside(settings)
    with running(values):
        return run_shown(command, values)


def evaluate(settings: Mapping[str, str], file: str, floor: str = "") -> int:
    """Measure the whole assistant on a file of questions, each asked in a conversation of its own."""
    if floor not in ("", "raise"):
        raise Problem(f"FLOOR={floor} means nothing: FLOOR=raise writes better figures into the floor.")
    questions = Path(file).resolve()
    if not questions.is_file():
        raise Problem(f"{file or 'FILE'} is no file: `make evaluate FILE=questions.jsonl` takes one question a line.")
    command = [str(APP_PYTHON), "-m", "bench.evaluation", str(questions)]
    command += [f"--floor={floor}"] if floor else []
    start.prepare(settings)
    with tempfile.TemporaryDirectory(prefix="evaluate-") as folder:
        values = throw_away(beside(settings), folder)
        parts.database(values)
        with running(values):
            return run_shown(command, values)


def bench(settings: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Measure speed, memory and start, beside a stock Rasa in an environment of its own."""
    start.prepare(settings)
    if STOCK.exists():
        environments.ensure(environments.Environment("stock", "3.10", STOCK))
    return run_shown([str(APP_PYTHON), "-m", "bench", *arguments], settings)


def torture(settings: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Send messages on all channels while the programs are killed. Ports are free ones and databases empty."""
    system_packages.ensure()
    start.prepare(settings)
    return run_shown([str(APP_PYTHON), "-m", "tests.torture", *arguments], settings)


def bench_plan(settings: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Measure how fast plans are made; nothing runs beside it."""
    environments.ensure(environments.APP)
    return run_shown([str(APP_PYTHON), "-m", "bench", "plan", *arguments], settings)


def bench_desk(settings: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Measure the desk's pages with many dossiers; nothing runs beside it."""
    environments.ensure(environments.APP)
    return run_shown([str(APP_PYTHON), "-m", "bench", "desk", *arguments], settings)


def bench_understanding(settings: Mapping[str, str], data: str, arguments: Sequence[str]) -> int:
    """Measure the understanding on public data that lies in a folder."""
    folder = Path(data).resolve()
    if not data or not folder.is_dir():
        raise Problem(
            f"{data or 'DATA'} is no folder: `make bench-understanding DATA=folder` takes the folder with the public "
            "data sets BANKING77 and CLINC150. docs/performance.md says which files these are and where they come from."
        )
    environments.ensure(environments.APP, environments.BOT)
    parts.knowledge(settings)
    parts.encoder(settings)
    return run_shown([str(APP_PYTHON), "-m", "bench", "understanding", str(folder), *arguments], settings)

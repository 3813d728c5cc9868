"""`make run`: everything that has to be there, then bot and app, until somebody presses Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from tasks import disk, environments, health, model, parts
from tasks.console import Progress, say
from tasks.errors import Problem
from tasks.paths import APP_PYTHON, BOT_PYTHON, LOGS, SECRETS, relative
from tasks.ports import is_taken
from tasks.processes import last_words, run_captured
from tasks.settings import address
from tasks.supervisor import Service, Supervisor

PATIENCE = 180.0
HOW_TO_CHOOSE = {"APP_PORT": "make run PORT={other}", "BOT_PORT": "make run BOT_PORT={other}"}


def check_ports(settings: Mapping[str, str], names: Iterable[str] = ("APP_PORT", "BOT_PORT")) -> None:
    """Say at once when another program has the port."""
    for name in names:
        host, port = settings[name.replace("PORT", "HOST")], int(settings[name])
        if not is_taken(host, port):
            continue
        who = "app" if name == "APP_PORT" else "bot"
        other = HOW_TO_CHOOSE[name].format(other=port + 1)
        if name == "APP_PORT" and health.app_health(settings) is not None:
            raise Problem(
                f"The assistant already runs at {address(host, str(port))}; to start another one beside it, "
                f"choose other ports: `{other} BOT_PORT={int(settings['BOT_PORT']) + 1}`."
            )
        raise Problem(f"Port {port}, for the {who}, is taken by another program: choose another with `{other}`.")


def prepare_bot(settings: Mapping[str, str], keep_model: bool = False) -> None:
    """What understanding needs: environments, knowledge, encoder and a current model."""
    disk.check()
    environments.ensure(environments.APP, environments.BOT)
    with environments.one_at_a_time():
        parts.knowledge(settings)
        parts.encoder(settings)
        model.ensure(settings, keep_model)


def prepare(settings: Mapping[str, str], keep_model: bool = False) -> None:
    """Everything: what the bot needs, the widget and the database."""
    prepare_without_model(settings)
    with environments.one_at_a_time():
        model.ensure(settings, keep_model)


def prepare_without_model(settings: Mapping[str, str]) -> None:
    """The same, without a model."""
    disk.check()
    environments.ensure(environments.APP, environments.BOT)
    with environments.one_at_a_time():
        parts.knowledge(settings)
        parts.encoder(settings)
        parts.widget(settings)
        parts.database(settings)


def bot(settings: Mapping[str, str], show: bool = True, folder: Path = LOGS) -> Service:
    """Rasa on the loopback address; it reads its address and token from the environment."""
    command = [str(BOT_PYTHON), "-m", "bot", "run", "--enable-api", "--model", relative(model.MODEL)]
    return Service("bot", command, settings, show, folder)


def app(settings: Mapping[str, str], show: bool = True, folder: Path = LOGS) -> Service:
    """The app that faces the world."""
    command = [
        str(APP_PYTHON), "-m", "uvicorn", "--factory", "app.main:create_app",
        "--host", settings["APP_HOST"], "--port", settings["APP_PORT"],
        "--timeout-graceful-shutdown", "5", "--no-access-log",
    ]  # fmt: skip
    return Service("app", command, settings, show, folder)


def missing(settings: Mapping[str, str]) -> str:
    """What is not ready yet, as the end of a sentence; empty when all is well."""
    if not health.bot_ready(settings):
        return "the bot does not answer yet"
    answer = health.app_health(settings)
    if answer is None:
        return "the app does not answer yet"
    ill = health.unhealthy(answer)
    return f"the app says that {' and '.join(ill)} cannot be used" if ill else ""


def seed_demo(settings: Mapping[str, str]) -> str:
    """The desk's first agent; the password is shown only when it is made."""
    done = run_captured([str(APP_PYTHON), "-m", "desk", "seed-demo"], env=settings)
    if done.returncode != 0:
        raise Problem(f"The desk's first agent could not be made: {last_words(done.stdout + done.stderr)}.")
    return done.stdout.strip()


def run(settings: Mapping[str, str], keep_model: bool = False) -> int:
    """Start everything and stay until it is stopped."""
    began = time.monotonic()
    check_ports(settings)
    prepare(settings, keep_model)
    supervisor = Supervisor([bot(settings), app(settings)])
    agent = ""
    try:
        supervisor.start()
        agent = seed_demo(settings)
        with Progress("Starting bot and app"):
            supervisor.wait_until(lambda: missing(settings), PATIENCE)
        say(greeting(settings, agent, time.monotonic() - began))
        agent = ""
        supervisor.watch()
    except KeyboardInterrupt:
        say("\nStopping ...")
    finally:
        if agent:  # the password is shown once: not lost when the start fails
            say(agent)
        supervisor.stop()
    say("Stopped.")
    return 0


def greeting(settings: Mapping[str, str], agent: str, seconds: float) -> str:
    """What a person wants to know when it runs."""
    here = address(settings["APP_HOST"], settings["APP_PORT"])
    lines = [
        "",
        f"The assistant runs (after {seconds:.1f} s).",
        f"  For newcomers: {here}/",
        f"  The desk:      {here}/desk",
        *(f"  {line}" for line in agent.splitlines()),
        f"  Logs: {relative(LOGS)}   Secrets: {relative(SECRETS)}",
        "  Stop with Ctrl-C.",
        "",
    ]
    return "\n".join(lines)

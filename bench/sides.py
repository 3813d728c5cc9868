"""The two that are measured: the assistant as `make run` starts it, and stock Rasa with its action server."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import machine
from bench.stock import project
from bench.turns import Conversation, Webhook, Widget, time_parsing
from knowledge.answer import compose
from knowledge.library import load
from knowledge.profile import Profile
from tasks import health, model, parts, start, talk
from tasks.paths import ENVIRONMENTS, LOGS, ROOT
from tasks.ports import free_port
from tasks.processes import run_logged
from tasks.settings import address
from tasks.supervisor import Service, Supervisor

PATIENCE = 600.0
LOOK_EVERY = 0.05
LOG_FOLDER = LOGS / "bench"
STOCK_PYTHON = ENVIRONMENTS / "stock" / "bin" / "python"
SECRETS = ("BOT_TOKEN", "ACTION_TOKEN", "SECRET_KEY")


class Running:
    """Processes that were started for a measurement, and how long that took."""

    def __init__(self, services: Sequence[Service], seconds: float) -> None:
        self.start_seconds = seconds
        self.groups = {service.name: service.process.pid for service in services if service.process}

    def memory(self) -> dict[str, float | None]:
        """Megabytes by the service's name."""
        return {name: machine.memory(leader) for name, leader in self.groups.items()}

    def work(self) -> machine.Work | None:
        """What the machine and these processes have done so far."""
        return machine.Work.now(self.groups.values())


class Side(ABC):
    """What is measured of either."""

    name: str
    model: Path
    environments: dict[str, Path]

    @abstractmethod
    def training(self) -> tuple[Sequence[str], Mapping[str, str], Path]:
        """The command that trains from scratch, its environment and its folder."""

    @abstractmethod
    def services(self) -> list[Service]:
        """Everything that has to run."""

    @abstractmethod
    def missing(self) -> str:
        """What does not answer yet; empty when all is well."""

    @abstractmethod
    def conversation(self) -> Conversation:
        """A new conversation, as a person would have it."""

    @abstractmethod
    def parse(self, texts: Sequence[str]) -> list[float]:
        """Seconds that understanding alone takes, text by text."""

    def bot_alone(self) -> Conversation | None:
        """A new conversation with Rasa itself, when that is something else."""
        return None

    def trained_files(self) -> list[Path]:
        """What understanding is kept in."""
        return [self.model]

    def train(self) -> float:
        """Trains from scratch; gives the seconds."""
        command, env, folder = self.training()
        began = time.monotonic()
        run_logged(command, label=f"Training: {self.name}", log=f"bench-training-{self.name}.log", env=env, cwd=folder)
        return time.monotonic() - began

    @contextlib.contextmanager
    def running(self) -> Iterator[Running]:
        """Starts everything, waits until it answers, and stops it at the end of the block."""
        services = self.services()
        supervisor = Supervisor(services)
        try:
            began = time.monotonic()
            supervisor.start()
            supervisor.wait_until(self.missing, PATIENCE, LOOK_EVERY)
            yield Running(services, time.monotonic() - began)
        finally:
            supervisor.stop()


class Assistant(Side):
    """App and bot on empty databases of their own, with the model trained here."""

    name = "assistant"

    def __init__(self, settings: Mapping[str, str], folder: Path) -> None:
        self.folder = folder
        self.model = folder / f"{model.NAME}.tar.gz"
        self.environments = {"app": ENVIRONMENTS / "app", "bot": ENVIRONMENTS / "bot"}
        self.encoder = ROOT / settings["ENCODER_DIR"]
        self.settings = settings
        self.values = self._on_free_ports()

    def _on_free_ports(self) -> dict[str, str]:
        return talk.throw_away(talk.beside(self.settings), str(self.folder))

    @property
    def _bot(self) -> str:
        return address(self.values["BOT_HOST"], self.values["BOT_PORT"])

    def training(self) -> tuple[Sequence[str], Mapping[str, str], Path]:
        """The command of `make train`, without the cache of earlier trainings."""
        env = {**self.values, "RASA_CACHE_DIRECTORY": str(self.folder / "cache")}
        return [*model.command(self.folder), "--force"], env, ROOT

    def services(self) -> list[Service]:
        """The processes of `make run`."""
        for kept in self.folder.glob("*.db*"):
            kept.unlink()
        self.values = self._on_free_ports()
        parts.database(self.values)
        bot = start.bot(self.values, False, LOG_FOLDER)
        bot.command = [*bot.command, "--model", str(self.model)]
        return [bot, start.app(self.values, False, LOG_FOLDER)]

    def missing(self) -> str:
        """What `make run` waits for."""
        return start.missing(self.values)

    def conversation(self) -> Conversation:
        """Over the widget's API."""
        return Widget(self.values["APP_URL"])

    def bot_alone(self) -> Conversation:
        """Over the channel between app and bot."""
        headers = {"Authorization": f"Bearer {self.values['BOT_TOKEN']}"}
        return Webhook(f"{self._bot}/webhooks/app/webhook", lambda _: "none", headers)

    def trained_files(self) -> list[Path]:
        """The model, and the encoder that it needs beside it."""
        return [self.model, self.encoder]

    def parse(self, texts: Sequence[str]) -> list[float]:
        """Through Rasa's own API."""
        return time_parsing(f"{self._bot}/model/parse", {"token": self.values["BOT_TOKEN"]}, texts)


class Stock(Side):
    """Rasa's server and rasa-sdk's action server, each as its documentation starts it."""

    name = "stock"

    def __init__(
        self, settings: Mapping[str, str], folder: Path, articles: Sequence[project.Article], epochs: int
    ) -> None:
        self.folder = folder / "stock"
        self.model = self.folder / "models" / "stock.tar.gz"
        self.environments = {"stock": STOCK_PYTHON.parent.parent}
        self.env = {name: value for name, value in settings.items() if name not in SECRETS}
        self.articles, self.epochs = articles, epochs
        self.answers = {article.text for article in articles}
        self.port = self.action_port = 0
        self._write()

    def _write(self) -> None:
        self.port, self.action_port = free_port(), free_port()
        project.write(self.folder, ROOT, self.articles, self.action_port, self.epochs)

    def training(self) -> tuple[Sequence[str], Mapping[str, str], Path]:
        """`rasa train`, without the cache of earlier trainings."""
        return (
            [str(STOCK_PYTHON), "-m", "rasa", "train", "--force", "--fixed-model-name", "stock"],
            self.env,
            self.folder,
        )

    def services(self) -> list[Service]:
        """`rasa run` and `rasa run actions`."""
        for kept in self.folder.glob("*.db*"):
            kept.unlink()
        self._write()  # training takes long: the ports may have been taken meanwhile
        server = ["rasa", "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(self.port)]
        actions = ["rasa", "run", "actions", "--port", str(self.action_port)]
        return [
            Service(name, self._here(command), self.env, False, LOG_FOLDER)
            for name, command in (("stock", server), ("actions", actions))
        ]

    def _here(self, command: Sequence[str]) -> list[str]:
        return ["sh", "-c", 'cd "$0" && exec "$@"', str(self.folder), str(STOCK_PYTHON), "-m", *command]

    def missing(self) -> str:
        """Both have to answer, the server with its model."""
        status = health.get_json(f"http://127.0.0.1:{self.port}/status")
        if not isinstance(status, dict) or not status.get("model_file"):
            return "stock Rasa does not answer yet"
        well = health.get_json(f"http://127.0.0.1:{self.action_port}/health")
        return "" if well else "stock Rasa's action server does not answer yet"

    def conversation(self) -> Conversation:
        """Over the REST channel."""
        return Webhook(f"http://127.0.0.1:{self.port}/webhooks/rest/webhook", self._outcome)

    def _outcome(self, text: str) -> str:
        if text in self.answers:
            return "answered"
        return "not understood" if text == project.ADDED_RESPONSES["utter_please_rephrase"]["text"] else "other"

    def parse(self, texts: Sequence[str]) -> list[float]:
        """Through Rasa's own API."""
        return time_parsing(f"http://127.0.0.1:{self.port}/model/parse", {}, texts)


def articles(knowledge: Mapping[str, Any]) -> list[project.Article]:
    """The compiled articles with the text that the assistant would give to somebody it knows nothing about."""
    library, today = load(), dt.datetime.now(dt.UTC).date()
    found = []
    for item in knowledge["articles"]:
        text = compose(library.articles[item["id"]], library, Profile(None, None), today).text
        short = text.split("\n\n", 1)[0]
        found.append(project.Article(item["id"], item["title"], tuple(item["questions"]), text, short))
    return found

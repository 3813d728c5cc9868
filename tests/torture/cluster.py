"""Everything that has to run: databases, bot, apps, platforms and the ways between them."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from tasks import health, model, settings, start
from tasks.paths import APP_PYTHON, ROOT
from tests.servers import free_port
from tests.torture import database
from tests.torture.network import HOST, Relay
from tests.torture.options import RASA, TELEGRAM, WHATSAPP, Options
from tests.torture.programs import Program

WEBHOOKS = {TELEGRAM: "/telegram/webhook", WHATSAPP: "/whatsapp/webhook"}
WEBHOOK_SECONDS = 15.0
PHONE_ID = "106540352242922"


class Cluster:
    """One assistant with all its surroundings, on free ports and empty databases."""

    def __init__(self, options: Options) -> None:
        self.options, self.folder = options, options.folder
        self.programs: dict[str, Program] = {}
        self.app_ports = [free_port() for _ in range(options.apps)]
        self.web = Relay("web", self.app_ports, options.seed)
        self.webhooks = Relay("webhooks", self.app_ports, options.seed, patience=WEBHOOK_SECONDS)
        self.inside = Relay("inside", self.app_ports, options.seed)
        self.platform_ports = {name: free_port() for name in options.channels if name in WEBHOOKS}
        self.values: dict[str, str] = {}
        self.login, self.password = "", ""
        self._home: Path | None = None

    @property
    def app_names(self) -> list[str]:
        """The apps among the programs."""
        return [f"app-{number}" for number in range(len(self.app_ports))]

    @property
    def app_urls(self) -> list[str]:
        """Each app itself, past every relay."""
        return [f"http://{HOST}:{port}" for port in self.app_ports]

    def platform_url(self, channel: str) -> str:
        """The stand-in of a platform."""
        return f"http://{HOST}:{self.platform_ports[channel]}"

    async def start(self) -> None:
        """Starts all of it and waits until all of it is well.

        Raises:
            LookupError: a server is not installed, or there is no trained model.
            NotReady: something does not come up.
        """
        for relay in (self.web, self.webhooks, self.inside):
            await relay.start()
        self.values = self._values()
        await self._start_database()
        for name in self.platform_ports:
            self._add(self._platform(name))
        self._add(self._bot())
        await asyncio.to_thread(self._run, [str(APP_PYTHON), "-m", "alembic", "upgrade", "head"])
        for number in range(len(self.app_ports)):
            self._add(self._app(number))
        await asyncio.to_thread(self._seed)
        for program in self.programs.values():
            await program.until_ready()

    async def stop(self) -> None:
        """Ends everything that was started."""
        for relay in (self.web, self.webhooks, self.inside):
            await relay.stop()
        for program in reversed(self.programs.values()):
            program.resume()
            await asyncio.to_thread(program.kill)
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)

    def _add(self, program: Program) -> Program:
        self.programs[program.name] = program
        program.start()
        return program

    def _values(self) -> dict[str, str]:
        values = settings.load()
        bot_port = str(free_port())
        values |= {
            "APP_HOST": HOST,
            "APP_PORT": str(self.app_ports[0]),
            "BOT_HOST": HOST,
            "BOT_PORT": bot_port,
            "BOT_TOKEN": secrets.token_hex(16),
            "ACTION_TOKEN": secrets.token_hex(16),
            "SECRET_KEY": secrets.token_hex(16),
            "ACTION_ENDPOINT_URL": f"http://{HOST}:{self.inside.port}/internal/actions",
            "PUBLIC_URL": f"http://{HOST}:{self.webhooks.port}",
            "DATABASE_URL": f"sqlite:///{self.folder}/app.db",
            "TRACKER_DATABASE_URL": f"sqlite:///{self.folder}/bot.db",
            "MESSAGES_PER_MINUTE": "1000000",
            "CONVERSATIONS_PER_MINUTE": "1000000",
            "TELEGRAM_MODE": "off",
            "LOG_JSON": "true",
        }
        if TELEGRAM in self.platform_ports:
            values |= {
                "TELEGRAM_MODE": "webhook",
                "TELEGRAM_TOKEN": "123456789:" + "a" * 35,
                "TELEGRAM_SECRET": secrets.token_hex(16),
                "TELEGRAM_API_URL": self.platform_url(TELEGRAM),
            }
        if WHATSAPP in self.platform_ports:
            values |= {
                "WHATSAPP_TOKEN": secrets.token_hex(16),
                "WHATSAPP_PHONE_ID": PHONE_ID,
                "WHATSAPP_LOOK_AFTER": "15" if self.options.quick else "90",
                "WHATSAPP_APP_SECRET": secrets.token_hex(16),
                "WHATSAPP_VERIFY_TOKEN": secrets.token_hex(16),
                "WHATSAPP_API_URL": self.platform_url(WHATSAPP),
            }
        return values

    async def _start_database(self) -> None:
        if not self.options.sqlite:
            program, address, self._home = await asyncio.to_thread(database.postgresql, self.folder, self.values)
            await self._add(program).until_ready()
            await asyncio.to_thread(database.make_databases, address, ("app", "bot"))
            self.values["DATABASE_URL"] = f"postgresql+psycopg://{address}/app"
            self.values["TRACKER_DATABASE_URL"] = f"postgresql://{address}/bot"
            redis, redis_url = database.redis(self.folder, self.values)
            self._add(redis)
            self.values["REDIS_URL"] = redis_url

    def _run(self, command: Sequence[str]) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.values, check=False, capture_output=True, text=True, encoding="utf-8"
        )
        if done.returncode:
            raise LookupError(f"{' '.join(command[1:])} failed: {done.stdout[-500:]} {done.stderr[-1500:]}")
        return done.stdout

    def _seed(self) -> None:
        said = start.seed_demo(self.values).splitlines()[0]
        self.login, self.password = (part.strip() for part in said.removeprefix("desk login: ").split(" / "))

    def _platform(self, name: str) -> Program:
        command = [sys.executable, "-m", "tests.torture.platforms", name, str(self.platform_ports[name])]
        env = {**self.values, "WEBHOOK": f"http://{HOST}:{self.webhooks.port}{WEBHOOKS[name]}"}
        return Program(name, command, env, self.folder, _answers(f"{self.platform_url(name)}/_control/state"))

    def _bot(self) -> Program:
        if self.options.bot == RASA:
            if not model.MODEL.exists():
                raise LookupError("there is no trained model: run `make train`, or with --bot stub")
            service = start.bot(self.values, show=False, folder=self.folder)
            command = list(service.command)
        else:
            command = [sys.executable, "-m", "tests.torture.stub_bot"]
        return Program("bot", command, self.values, self.folder, lambda: health.bot_ready(self.values))

    def _app(self, number: int) -> Program:
        values = {**self.values, "APP_PORT": str(self.app_ports[number])}
        service = start.app(values, show=False, folder=self.folder)
        ready = _answers(f"{self.app_urls[number]}/api/openapi.json")
        return Program(f"app-{number}", list(service.command), values, self.folder, ready)

    def log_lines(self, *words: str) -> dict[str, int]:
        """How often these words stand in the logs of the apps."""
        texts = [Path(self.programs[name].log).read_text(errors="replace") for name in self.app_names]
        return {word: sum(text.count(word) for text in texts) for word in words}


def _answers(url: str) -> Callable[[], bool]:
    """A question whether a server answers at all."""

    def ready() -> bool:
        try:
            return httpx.get(url, timeout=3, trust_env=False).status_code < 500
        except httpx.TransportError:
            return False

    return ready

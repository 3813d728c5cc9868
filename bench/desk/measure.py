"""Times of the desk's pages as a browser asks for them, beside a page of the same app that shows no data.

Processor time is told too: what else the machine does counts less in it (with PostgreSQL it leaves out the database).
"""

from __future__ import annotations

import datetime as dt
import random
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from rich.progress import track

import desk
from bench import machine
from bench.desk.seed import LOGIN, PASSWORD, Seeded, Seeder
from bench.figures import milliseconds, percentile
from bench.measure import TO_PEOPLE
from channels.hub import Hub
from dossiers.database import Database, now
from knowledge.editing import Editing
from knowledge.library import Library

BASELINE = "a page without data"
SEARCHED = ("school", "amina", "dep", "welder gent", "syria nurse", "zzz")
Ask = Callable[[TestClient, random.Random], Any]


class Shelf:
    """The knowledge as it was read once."""

    def __init__(self, library: Library) -> None:
        self.library, self.problems = library, list[str]()

    def current(self) -> Library:
        """The library."""
        return self.library

    refresh = current


class Desk:
    """A logged-in agent's browser, in this process."""

    def __init__(self, database: Database, library: Library) -> None:
        app = FastAPI()
        services = desk.DeskServices(database, Shelf(library), Editing(library.root), Hub(), now, False)
        desk.install(app, services)
        self.http = TestClient(app, base_url="http://desk.test", follow_redirects=False)
        page = self.http.get("/desk/login").text
        fields = {"csrf_token": token(page), "login": LOGIN, "password": PASSWORD, "next": ""}
        answer = self.http.post("/desk/login", data=fields)
        if answer.status_code != 303:
            raise RuntimeError(f"the agent could not log in: {answer.status_code}")
        self.csrf = token(self.http.get("/desk/search").text)

    def search(self, address: str, chance: random.Random) -> Any:
        """The results for some words, as while somebody types."""
        fields = {"csrf_token": self.csrf, "text": chance.choice(SEARCHED)}
        return self.http.post(address, data=fields, headers={"hx-request": "true"})


def token(page: str) -> str:
    """The token of the page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def pages(browser: Desk, made: Seeded) -> dict[str, Ask]:
    """What is asked for, by what it is called."""
    return {
        BASELINE: lambda http, _: http.get("/desk/search"),
        "queue": lambda http, _: http.get("/desk/"),
        "conversation": lambda http, chance: http.get(f"/desk/conversations/{chance.choice(made.waiting)}"),
        "own conversation": lambda http, chance: http.get(f"/desk/conversations/{chance.choice(made.mine)}"),
        "dossier": lambda http, chance: http.get(f"/desk/dossiers/{chance.choice(made.dossiers)}"),
        "list of dossiers": lambda http, _: http.get("/desk/dossiers"),
        "search in the list": lambda _, chance: browser.search("/desk/dossiers", chance),
        "search in everything": lambda _, chance: browser.search("/desk/search", chance),
        "set aside": lambda http, _: http.get("/desk/set-aside"),
    }


def measured(
    database: Database, library: Library, *, dossiers: int, waiting: int, times: int, seed: int
) -> dict[str, Any]:
    """Fills the database, asks for every page in turn, so that a busy moment of the machine hits all of them."""
    begun = time.perf_counter()
    made = Seeder(database, library, dt.datetime.now(dt.UTC), seed).run(dossiers, waiting)
    seeding = time.perf_counter() - begun
    browser = Desk(database, library)
    asked, chance = pages(browser, made), random.Random(seed)
    taken: dict[str, list[float]] = {name: [] for name in asked}
    worked: dict[str, list[float]] = {name: [] for name in asked}
    sizes: dict[str, int] = {}
    first: dict[str, float] = {}
    before, load = machine.Work.now(()), machine.load()
    for number in track(range(times + 1), f"Asking: {database.engine.dialect.name}", console=TO_PEOPLE):
        for name, ask in asked.items():
            start, work = time.perf_counter(), time.process_time()
            answer = ask(browser.http, chance)
            seconds = time.perf_counter() - start
            if answer.status_code != 200:
                raise RuntimeError(f"{name}: {answer.status_code}")
            sizes[name] = len(answer.content)
            if number:
                taken[name].append(seconds)
                worked[name].append(time.process_time() - work)
            else:
                first[name] = seconds  # templates are compiled, plans are made
    return {
        "dossiers": dossiers,
        "open_conversations": waiting,
        "rows": made.rows,
        "times": times,
        "seed": seed,
        "seeding_s": round(seeding, 1),
        "load": load,
        "others_cpu": machine.others_share(before, machine.Work.now(())),
        "pages": {
            name: _figures(taken[name], worked[name], first[name], sizes[name], worked[BASELINE]) for name in asked
        },
    }


def _figures(taken: list[float], worked: list[float], first: float, size: int, baseline: list[float]) -> dict[str, Any]:
    return {
        "processor_ms": milliseconds(statistics.median(worked)),
        "median_ms": milliseconds(statistics.median(taken)),
        "p95_ms": milliseconds(percentile(taken, 95)),
        "slowest_ms": milliseconds(max(taken)),
        "first_ms": milliseconds(first),
        "kilobytes": round(size / 1024, 1),
        "ratio": round(statistics.median(worked) / statistics.median(baseline), 1),
    }

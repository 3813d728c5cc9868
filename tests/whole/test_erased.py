"""With the whole service running: who is erased is in no file of it any more, also not in the bot's."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dossiers.database import Database, make_engine, now
from dossiers.models import Conversation, Forgetting
from dossiers.privacy import erasing
from tests.whole.conftest import Newcomer, Stack

GONE, STAYS = "zvqplantedgone", "kjwplantedstays"


def everything(stack: Stack) -> dict[str, bytes]:
    """The bytes of every file of the running service: databases, their logs, and what the programs wrote down."""
    folder = Path(stack.values["DATABASE_URL"].removeprefix("sqlite:///")).parent
    return {str(file): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def holding(stack: Stack, word: str) -> list[str]:
    return [Path(name).name for name, content in everything(stack).items() if word.encode() in content.lower()]


@pytest.mark.slow
def test_nothing_of_who_is_erased_is_in_any_file(stack: Stack) -> None:
    gone, stays = Newcomer(stack.url, "gent"), Newcomer(stack.url, "gent")
    for somebody, word in ((gone, GONE), (stays, STAYS)):
        somebody.says(f"my landlord {word} keeps my deposit")
        somebody.says("what now?")
        somebody.says(f"my name is {word}")
    assert any(name.startswith("app.db") for name in holding(stack, GONE))
    assert any(name.startswith("bot.db") for name in holding(stack, GONE))

    database = Database(make_engine(stack.values["DATABASE_URL"]))
    with database.read() as session:
        person_id = session.get_one(Conversation, gone.id).person_id
    erasing.erase_person(database, person_id, now=now())
    _until_forgotten(database)
    database.engine.dispose()

    assert holding(stack, GONE) == []
    assert holding(stack, STAYS) != []
    path = f"/api/conversations/{gone.id}/messages"
    assert gone.http.get(path, headers=gone.headers).status_code in (401, 404)
    assert stays.says("hello")


def _until_forgotten(database: Database) -> None:
    """Waits for the app, which tells the bot and empties the logs within seconds."""
    end = time.monotonic() + 60
    while True:
        with database.read() as session:
            left = [str(one.place) for one in session.query(Forgetting)]
        if not left:
            return
        assert time.monotonic() < end, f"still to be forgotten: {left}"
        time.sleep(0.2)

"""Conversations about a plan, on one Monday."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from dossiers import plans
from dossiers.models import Conversation
from knowledge.profile import Profile
from tests.actions.conftest import Talk
from tests.conftest import MOMENT

INDIA = ("country", "IN")
LANDED = "landed on 20 november from India with my wife, no kids, job at Volvo for two years, what now"


@dataclass
class Planning:
    """A conversation with the actions of the plan; every reply is one message."""

    talk: Talk

    def say(self, action: str, text: str, entities: Sequence[tuple[str, ...]] = (), **message: Any) -> dict[str, Any]:
        """One turn: the action by its intent. A question that follows a plan is a message of its own; both are given
        as one here, with the buttons of the question."""
        name = {"inform": "note_profile", "ask": "answer", "out_of_scope": "not_known"}.get(action, action)
        name = "short_answer" if action in ("affirm", "deny", "skip", "explain", "stop") else name
        said, *question = self.talk.run(f"action_{name}", text, action, entities, **message)
        if not question:
            return said
        (asked,) = question
        assert not said["buttons"]
        return said | {"text": f"{said['text']}\n\n{asked['text']}", "buttons": asked["buttons"]}

    def press(self, said: dict[str, Any], title: str) -> dict[str, Any]:
        """Presses a button of a message, as the channel and the bot would pass it on."""
        payload = next(button["payload"] for button in said["buttons"] if button["title"] == title)
        intent, _, entities = payload.removeprefix("/").partition("{")
        found: dict[str, str] = json.loads("{" + entities) if entities else {}
        return self.say(intent, payload, list(found.items()))

    @property
    def kept(self) -> plans.KeptPlan | None:
        """What is stored."""
        with self.talk.database.read() as session:
            person = session.get_one(Conversation, self.talk.conversation_id).person_id
            return plans.kept(session, person)

    @property
    def profile(self) -> Profile:
        """The stored profile."""
        kept = self.kept
        assert kept is not None
        return kept.profile

    def knows(self, profile: Profile) -> None:
        """Stores a profile, as if it had been told before."""
        with self.talk.database.write() as session:
            person = session.get_one(Conversation, self.talk.conversation_id).person_id
            plans.keep(session, person, profile, MOMENT)


@pytest.fixture
def planning(talk: Talk) -> Planning:
    """A new conversation."""
    return Planning(talk)


@pytest.fixture
def worker(planning: Planning) -> Planning:
    """Somebody from India with a job, here since three days, with an address, not registered."""
    planning.knows(
        Profile(
            "gent", "IN", purpose="employee", arrival=dt.date(2026, 11, 20), stay="long", address=True, rents=True,
            address_from=dt.date(2026, 11, 20), partner=False, children=(), permit="visa-d",
        )
    )  # fmt: skip
    return planning


def titles(said: dict[str, Any]) -> list[str]:
    """What a message's buttons say."""
    return [button["title"] for button in said["buttons"]]


def steps(said: dict[str, Any]) -> list[str]:
    """The steps that travel along with a message."""
    return [entry["step"] for entry in said["custom"]["plan"]]

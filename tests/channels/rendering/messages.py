"""Realistic messages, made by the code that makes them in the app, on one Monday."""

from __future__ import annotations

import asyncio
import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from actions.base import Services
from actions.registry import executor
from channels.bot_client import said
from channels.platform import Outgoing
from dossiers import conversations, plans
from dossiers.database import Base, Database, make_engine
from dossiers.models import Conversation
from knowledge.answer import compose
from knowledge.library import Library, load, read_yaml
from knowledge.profile import Profile
from knowledge.wording import say
from tests.conftest import MOMENT

TODAY = dt.date(2026, 11, 23)
MESSAGE = 4711
DOMAIN = Path(__file__).parents[3] / "domain.yml"
PLAN_ADDRESS = "https://what-now.example/plan/q3Jv_8kT-example.Zm9v_bar"
WORKER = Profile(
    "gent", "IN", purpose="employee", arrival=dt.date(2026, 11, 20), stay="long", address=True, rents=True,
    address_from=dt.date(2026, 11, 20), partner=False, children=(), permit="visa-d",
)  # fmt: skip
LATE = Profile("gent", "IN", purpose="employee", arrival=dt.date(2026, 10, 1), stay="long", address=True)


@dataclass(frozen=True)
class Scene:
    """A conversation with the app's actions, whose replies become messages to a channel."""

    database: Database
    library: Library
    conversation_id: str

    def knows(self, profile: Profile) -> None:
        """Keeps a profile, as if it had been told."""
        with self.database.write() as session:
            person = session.get_one(Conversation, self.conversation_id).person_id
            plans.keep(session, person, profile, MOMENT)

    def messages(self, action: str, text: str = "", intent: str = "ask", **message: Any) -> list[Outgoing]:
        """What one action says."""
        services = Services(
            self.database, lambda: self.library, lambda: MOMENT, lambda: TODAY, lambda _: None, lambda _: PLAN_ADDRESS
        )
        latest = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [],
            "metadata": {},
            **message,
        }
        tracker: dict[str, Any] = {
            "sender_id": self.conversation_id, "slots": {}, "latest_message": latest, "events": [], "active_loop": {},
            "latest_action_name": None,
        }  # fmt: skip
        call = {"next_action": action, "sender_id": self.conversation_id, "domain": {}, "tracker": tracker}
        result = asyncio.run(executor(services).run(call))
        assert result is not None
        return [outgoing(reply) for reply in result.responses]

    def message(self, action: str, text: str = "", intent: str = "ask", **message: Any) -> Outgoing:
        """The first message that one action says."""
        return self.messages(action, text, intent, **message)[0]

    def article(self, article: str) -> Outgoing:
        """The answer of an article, asked for with a button."""
        entity = {"entity": "article", "value": article}
        return self.message("action_answer", f'/ask{{"article": "{article}"}}', entities=[entity])


def outgoing(reply: dict[str, Any]) -> Outgoing:
    """A reply of the bot as it leaves for a channel."""
    kept = said(reply)
    return Outgoing(MESSAGE, kept.text, options=kept.options, sources=kept.sources, plan=kept.plan)


@contextmanager
def scene(library: Library | None = None) -> Iterator[Scene]:
    """A new conversation in an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/scene.db")
        Base.metadata.create_all(engine)
        database = Database(engine)
        with database.write() as session:
            conversation, _ = conversations.start(session, channel="telegram", municipality="gent", now=MOMENT)
        yield Scene(database, library or load(), conversation.id)
        engine.dispose()


def response(name: str) -> Outgoing:
    """A response of the domain."""
    found = read_yaml(DOMAIN)["responses"][name][0]
    return outgoing(found)


def titles(library: Library, count: int) -> list[dict[str, str]]:
    """Options for the articles with the longest titles."""
    longest = sorted(library.articles.values(), key=lambda one: (-len(one.title), one.id))[:count]
    return [{"title": one.title, "payload": f'/ask{{"article": "{one.id}"}}'} for one in longest]


def planned(profile: Profile) -> Callable[[Scene], Outgoing]:
    """A plan for somebody of whom so much is known."""

    def made(here: Scene) -> Outgoing:
        here.knows(profile)
        return here.message("action_what_now", "what now?", "what_now")

    return made


def _clarified(here: Scene) -> Outgoing:
    found = [{"id": key, "confidence": 0.3} for key in ("lease-registration", "lease-end-early", "rental-deposit")]
    return here.message("action_answer", "the paper of my landlord", articles=found, covered=0.9, zone="offer")


def _question(here: Scene) -> Outgoing:
    here.knows(Profile("gent", "IN", arrival=dt.date(2026, 11, 20)))
    return here.messages("action_what_now", "what now?", "what_now")[-1]


def _long(here: Scene) -> Outgoing:
    library = here.library
    ids = sorted(library.articles, key=lambda key: (-len(" ".join(s.text for s in library.articles[key].answer)), key))
    answers = [compose(library.articles[key], library, WORKER, TODAY) for key in ids[:9]]
    texts = [
        f"{say('part', number=str(number), text=library.articles[one.article].title)}\n\n{one.text}"
        for number, one in enumerate(answers, start=1)
    ]
    sources = [asdict(source) for one in answers[:2] for source in one.sources]
    return Outgoing(MESSAGE, "\n\n".join(texts), sources=sources, options=titles(library, 2))


AGENT = """Hi! 👋 I looked at *your* letter (annex_15) - it is **fine**.

1. Bring [the form](https://stad.gent/plan/x) & your ID_card_copy.
2. Call *Gentinfo*: 09 210 10 10!

> "Within 8 days" = before 2/12; it's ~free~ (0 €) #Ghent `ok` \\o/ 👩‍👩‍👧‍👦🇧🇪"""
ARABIC = "أهلا بك في غنت! **متى:** خلال 8 أيام عمل.\n\n- جواز سفرك\n- عقد الإيجار (إن وُجد)"


def _by_hand(text: str, options: Sequence[str] = (), **more: Any) -> Callable[[Scene], Outgoing]:
    offered = [{"title": title, "payload": f"/choose{number}"} for number, title in enumerate(options)]
    return lambda here: Outgoing(MESSAGE, text, options=offered, **more)


SCENES: dict[str, Callable[[Scene], Outgoing]] = {
    "answer": lambda here: here.article("non-eu-register"),
    "answer_withheld": lambda here: here.article("family-income"),
    "answer_address": lambda here: here.article("bring-parents"),
    "clarified": _clarified,
    "plan": planned(WORKER),
    "plan_late": planned(LATE),
    "plan_question": _question,
    "dossier_question": lambda here: response("utter_ask_home_town"),
    "dossier_purpose": lambda here: response("utter_ask_purpose"),
    "consent": lambda here: here.message("action_ask_consent"),
    "emergency": lambda here: response("utter_emergency"),
    "agent": _by_hand(AGENT, sender="agent", agent="Anna *De* Smet"),
    "system": _by_hand(say("privacy_first", url="https://what-now.example/privacy_notice"), sender="system"),
    "arabic": _by_hand(ARABIC, ["تحدث إلى شخص", "Talk to a person"]),
    "long": _long,
    "twelve_options": lambda here: Outgoing(MESSAGE, say("what_now"), options=titles(here.library, 12)),
    "options_only": _by_hand("", ["Yes", "No", "Yes"]),
}

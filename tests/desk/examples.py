"""For every parameter of the desk's addresses: something of a team that it can name.

A new route with a parameter of a new name needs a line in `EXAMPLES`; one with a form that asks for more than `FORM`
has, a line there or in `FORMS`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from dossiers import canned, consents, documents, notes, tasks
from dossiers.models import Agent, Conversation, Dossier, InboxItem, InboxState, OutboxState, Sender, Team
from dossiers.models.dossiers import DocumentState
from dossiers.models.handovers import Closure
from tests.desk.conftest import World

PARTNER = "vdab"
_numbers = itertools.count(1)


@dataclass
class Case:
    """What one request is about. ``team``: to whom it belongs; None: to no team."""

    world: World
    team: str | None
    agent: str
    made: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The value of a parameter, made when it is first asked for."""
        if name not in self.made:
            self.made[name] = EXAMPLES[name](self)
        return self.made[name]


def _conversation(case: Case) -> str:
    found, _ = case.world.conversation("My landlord keeps the deposit")
    _give(case, found)
    return found


def _give(case: Case, conversation_id: str) -> None:
    with case.world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = case.team


def _dossier(case: Case) -> str:
    conversation_id = case.get("conversation_id")
    found = case.world.dossier(conversation_id, first_name="Aya", home_town="gent")
    _give(case, conversation_id)  # a town gives a conversation to the team of that town
    return found


def _other_dossier(case: Case) -> str:
    return _dossier(Case(case.world, case.team, case.agent))


def _document(case: Case) -> str:
    dossier_id, now = case.get("dossier_id"), case.world.clock()
    with case.world.database.write() as session:
        dossier = session.get_one(Dossier, dossier_id)
        return documents.note(session, dossier, "lease", DocumentState.NEEDED, text="", now=now).id


def _task(case: Case) -> str:
    conversation_id, now = case.get("conversation_id"), case.world.clock()
    with case.world.database.write() as session:
        found = session.get_one(Conversation, conversation_id)
        new = tasks.New(found.person_id, found.id, "Call back", now.date())
        return str(tasks.add(session, new, by=session.get_one(Agent, case.agent), now=now).id)


def _note(case: Case) -> str:
    conversation_id, now = case.get("conversation_id"), case.world.clock()
    with case.world.database.write() as session:
        found, me = session.get_one(Conversation, conversation_id), session.get_one(Agent, case.agent)
        return str(notes.write(session, found, me, "Ask for the lease", (), now).id)


def _message(case: Case) -> str:
    return str(case.world.says(case.get("conversation_id"), "You can ask the bank.", Sender.AGENT))


def _outbox(case: Case) -> str:
    return str(case.world.delivery(int(case.get("message_id")), OutboxState.DEAD, "blocked"))


def _inbox(case: Case) -> str:
    conversation_id, message_id, now = case.get("conversation_id"), int(case.get("message_id")), case.world.clock()
    with case.world.database.write() as session:
        item = InboxItem(
            channel="web",
            external_id=conversation_id,
            conversation_id=conversation_id,
            message_id=message_id,
            state=InboxState.DEAD,
            received_at=now,
            due_at=now,
        )
        session.add(item)
        session.flush()
        return str(item.id)


def _prepared_answer(case: Case) -> str:
    with case.world.database.write() as session:
        fields = ("hello", "Hello", "Good morning")
        made = canned.keep(
            session, fields, agent_id=case.agent, owner_id=case.agent, team_id=None, now=case.world.clock()
        )
        return made.id


def _person(case: Case) -> str:
    """Somebody whose profile the partner of the tests may see."""
    conversation_id, now = case.get("conversation_id"), case.world.clock()
    case.get("dossier_id")
    with case.world.database.write() as session:
        person = session.get_one(Conversation, conversation_id).person_id
        consents.give(session, person, purpose="share-profile", partner=PARTNER, version="1", text="yes", now=now)
        return person


def _colleague(case: Case) -> str:
    return case.world.agent(f"colleague{next(_numbers)}", "Colleague").id


def _team(case: Case) -> str:
    with case.world.database.write() as session:
        made = Team(name=f"Team {next(_numbers)}", municipalities=[], created_at=case.world.clock())
        session.add(made)
        session.flush()
        return made.id


def _closure(case: Case) -> str:
    day = case.world.clock().date()
    with case.world.database.write() as session:
        made = Closure(team_id=case.team, first_day=day, last_day=day)
        session.add(made)
        session.flush()
        return str(made.id)


EXAMPLES: dict[str, Callable[[Case], str]] = {
    "conversation_id": _conversation,
    "dossier_id": _dossier,
    "other_id": _other_dossier,
    "document_id": _document,
    "number": _task,
    "note_id": _note,
    "message_id": _message,
    "outbox_id": _outbox,
    "inbox_id": _inbox,
    "answer_id": _prepared_answer,
    "person_id": _person,
    "agent_id": _colleague,
    "me": lambda case: case.agent,
    "some_team": _team,
    "team_id": lambda case: case.team or "0" * 32,
    "closure_id": _closure,
    "session_id": lambda _: "0" * 32,
    "fact_id": lambda _: "deposit-limit",
    "article_id": lambda _: "rental-deposit",
    "topic": lambda _: "housing",
    "key": lambda _: "home_town",
}
# Whose parameter belongs to a team, through its conversation.
OF_A_TEAM = frozenset(
    {
        "conversation_id",
        "dossier_id",
        "other_id",
        "document_id",
        "number",
        "note_id",
        "message_id",
        "outbox_id",
        "inbox_id",
    }
)
FORM = {
    "text": "Good morning",
    "client_id": "abcdefgh12345678",
    "title": "Call back",
    "due_on": "2026-12-01",
    "availability": "available",
    "capacity": "3",
    "wanted": "true",
    "value": "aalst",
    "kind": "lease",
    "note": "",
    "place": "gent-town-hall",
    "state": "open",
    "name": "A name",
    "login": "somebody",
    "reason": "The landlord asks for it",
    "first_day": "2026-12-10",
    "last_day": "2026-12-10",
    "based_on": "0",
    "template": "colleague-answer",
}
FORMS: dict[str, dict[str, str]] = {
    "/tasks/{number}/settle": {"state": "done"},
    "/dossiers/{dossier_id}/documents/note": {"state": "needed"},
    "/talent/{person_id}/introduction": {"reason": "vacancy"},
}
KEYS = {"/dossiers/{dossier_id}/interests/{key}": "buddy"}
# Routes whose form names the conversation that they are about.
IN_THE_FORM = frozenset({"/tasks"})
# Fields of forms that name something, with the example that each takes.
ALSO = {
    "/tasks": {"conversation_id": "conversation_id"},
    "/conversations/{conversation_id}/pass-on/assign": {"agent_id": "me"},
    "/conversations/{conversation_id}/pass-on/colleague": {"agent_id": "agent_id"},
    "/conversations/{conversation_id}/pass-on/team": {"team_id": "some_team"},
}

"""Where a conversation can be passed on to, and where it was passed on before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers import teams, transfers
from dossiers.conversations import Said
from dossiers.models import Agent, Conversation, Team, Transfer, TransferKind
from dossiers.transfers import Referral
from knowledge.library import Library
from knowledge.models import Place
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class Passed:
    """One time that it was passed on, in words. ``note``: what the agent wrote for whoever went on."""

    at: dt.datetime
    words: str
    note: str


def history(session: Session, conversation_id: str, library: Library) -> list[Passed]:
    """Every time that a conversation was passed on, the newest first."""
    return _in_words(session, transfers.of_conversation(session, conversation_id), library)


def _in_words(session: Session, rows: Sequence[Transfer], library: Library) -> list[Passed]:
    ids = {key for row in rows for key in (row.from_agent_id, row.to_agent_id) if key}
    named = session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(ids))) if ids else ()
    people = {row.id: row.name for row in named}
    groups = {team.id: team.name for team in teams.all_teams(session)} if rows else {}
    return [Passed(row.at, _words(row, people, groups, library), row.note) for row in rows]


def _words(row: Transfer, people: dict[str, str], groups: dict[str, str], library: Library) -> str:
    by = people.get(row.from_agent_id or "", "A colleague")
    to = people.get(row.to_agent_id or "", "a colleague")
    place = library.places.get(row.to_place or "")
    match TransferKind(row.kind):
        case TransferKind.ASSIGNED:
            return f"{by} kept it for themselves" if row.from_agent_id == row.to_agent_id else f"{by} kept it for {to}"
        case TransferKind.COLLEAGUE:
            return f"{by} passed it on to {to}"
        case TransferKind.TEAM:
            return f"{by} passed it on to the team {groups.get(row.to_team_id or '', 'that is no more')}"
        case TransferKind.SERVICE:
            return f"{by} told the newcomer to go to {place.name if place else row.to_place}"


def places(session: Session, conversation: Conversation, library: Library) -> list[Place]:
    """The services that can help somebody of this town, by name: those for every town, and the town's own."""
    town = teams.town_of(session, conversation)
    known = town in library.municipalities
    fitting = [place for place in library.places.values() if not known or place.municipality in (None, town)]
    return sorted(fitting, key=lambda place: place.name.casefold())


def referral(place: Place, agent: Agent) -> Referral:
    """What the person reads when they are told to go to a service."""
    where = "\n".join(part for part in (place.name, place.address, place.contact, str(place.url)) if part)
    text = say("passed_to_service", name=agent.name, place=place.name)
    parts = (text, " ".join(place.serves.split()), f"**{say('where')}:** {where}", say("passed_to_service_after"))
    said = Said(
        "\n\n".join(parts),
        outcome="referred",
        sources=[
            {
                "title": place.source_title,
                "url": str(place.url),
                "publisher": place.name,
                "checked_on": place.seen_on.isoformat(),
            }
        ],
    )
    return Referral(place.id, said)


def other_teams(session: Session, conversation: Conversation) -> list[Team]:
    """The teams to which it can be passed on, by name."""
    return [team for team in teams.all_teams(session) if team.id != conversation.team_id]

"""What people are asked to agree to: the current texts, joined with what holds for one person.

`dossiers.consents` keeps the records; this says which there are to give, and does what follows from giving one or
taking it back, in one transaction: the dossier tells the same, the log and a receipt are written.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dossiers import audit, consents, record, tasks
from dossiers.consents import DOSSIER, EVALUATION, FOLLOW_UP, SHARE
from dossiers.models import ConsentRecord, Receipt, Right, Sender, Where
from dossiers.privacy import receipts
from dossiers.questions import NO, YES
from knowledge.library import Library
from knowledge.wording import say

FIELD = "share_profile"  # of the dossier
FREE = (FOLLOW_UP, EVALUATION)  # given on the page of one's data or with a button, without further questions


class NoSuchConsent(Exception):
    """There is no text for this purpose, or no partner of this name."""


class EraseInstead(Exception):
    """The dossier is kept only because the person agreed: taking that back means erasing it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to agree to or not. ``text``: what is agreed to, word for word; ``held``: the consent that holds;
    ``current``: it was given to this version of the text."""

    purpose: str
    partner: str
    title: str
    summary: str
    gone: str
    text: str
    version: str
    held: ConsentRecord | None
    current: bool

    @property
    def key(self) -> str:
        """How buttons and forms name it: `follow-up`, `share-profile:vdab`."""
        return f"{self.purpose}:{self.partner}" if self.partner else self.purpose


def choices(session: Session, person_id: str, library: Library) -> list[Choice]:
    """Everything that this person may agree to, in a fixed order. Sharing stands once for each partner."""
    partners = tuple(library.partners)
    wanted = [(DOSSIER, ""), *((SHARE, partner) for partner in partners), *((purpose, "") for purpose in FREE)]
    return [_choice(session, person_id, library, *one) for one in wanted if one[0] in library.consents]


def text_of(library: Library, purpose: str, partner: str = "") -> str:
    """The current text of a consent; with a partner, its name and what it does.

    Raises:
        NoSuchConsent: there is none.
    """
    if purpose not in library.consents or (purpose == SHARE) != bool(partner):
        raise NoSuchConsent(purpose)
    text = library.consents[purpose].text
    return f"{text}\n\n{partner_line(library, partner)}" if partner else text


def partner_line(library: Library, partner: str) -> str:
    """Who a partner is, in a line.

    Raises:
        NoSuchConsent: there is no such partner.
    """
    if partner not in library.partners:
        raise NoSuchConsent(partner)
    found = library.partners[partner]
    return f"**{found.name}** {found.does}"


def split(key: str) -> tuple[str, str]:
    """Purpose and partner of a `Choice.key`."""
    purpose, _, partner = key.partition(":")
    return purpose, partner


def give(
    session: Session,
    person_id: str,
    library: Library,
    key: str,
    *,
    where: Where,
    now: dt.datetime,
    message_id: int | None = None,
) -> ConsentRecord:
    """The person agrees to the current text of a `Choice.key`.

    Raises:
        NoSuchConsent: there is none.
    """
    purpose, partner = split(key)
    text = text_of(library, purpose, partner)
    kept = consents.give(
        session,
        person_id,
        purpose=purpose,
        partner=partner,
        version=library.consents[purpose].version,
        text=text,
        given_in=where,
        message_id=message_id,
        now=now,
    )
    if purpose == SHARE:
        _tell_dossier(session, person_id, YES, message_id, now)
    _note(session, person_id, "consent.given", purpose, partner, now)
    return kept


def take_back(
    session: Session,
    person_id: str,
    key: str,
    *,
    where: Where,
    now: dt.datetime,
    message_id: int | None = None,
) -> Receipt | None:
    """The person takes a consent back: `share-profile` alone is with every partner. It ends at once, everywhere.

    Returns the receipt; None when nothing of it was held.

    Raises:
        EraseInstead: it is what keeps the dossier; nothing was changed.
    """
    purpose, partner = split(key)
    if purpose == DOSSIER and record.dossier_of(session, person_id) is not None:
        raise EraseInstead
    ended = consents.withdraw(
        session,
        person_id,
        purpose,
        partner=partner or None,
        withdrawn_in=where,
        message_id=message_id,
        now=now,
    )
    if not ended:
        return None
    if purpose == consents.FOLLOW_UP:
        tasks.drop_follow_ups(session, person_id, now)
    if purpose == SHARE and not consents.partners_of(session, person_id):
        _tell_dossier(session, person_id, NO, message_id, now)
    _note(session, person_id, "consent.withdrawn", purpose, partner, now)
    return receipts.write(session, person_id, Right.WITHDRAW, {"consents": ended}, now)


def _choice(session: Session, person_id: str, library: Library, purpose: str, partner: str) -> Choice:
    text = library.consents[purpose]
    title = say("consent_share_with", partner=library.partners[partner].name) if partner else text.title
    held = consents.held(session, person_id, purpose, partner)
    current = held is not None and held.text_version == text.version
    return Choice(
        purpose,
        partner,
        title or purpose,
        text.summary,
        text.gone,
        text_of(library, purpose, partner),
        text.version,
        held,
        current,
    )


def _tell_dossier(session: Session, person_id: str, value: str, message_id: int | None, now: dt.datetime) -> None:
    """The dossier says whether the profile is shared, so that it never says another thing than the consents."""
    dossier = record.dossier_of(session, person_id)
    if dossier is None:
        return
    if value == NO and FIELD not in record.current_fields(session, dossier):
        return
    record.state(session, dossier, FIELD, value, stated_by=Sender.PERSON, message_id=message_id, now=now, settles=True)


def _note(session: Session, person_id: str, action: str, purpose: str, partner: str, now: dt.datetime) -> None:
    person = f"person:{person_id}"
    details: dict[str, str | int | bool | None] = {"purpose": purpose, "partner": partner or None}
    audit.note(session, actor=person, action=action, subject=person, now=now, details=details)

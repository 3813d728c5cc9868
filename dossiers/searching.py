"""Full-text search in dossiers and conversations: the beginnings of words, without accents, whatever is typed.

`dossiers.models.search` says what is indexed. SQLite and PostgreSQL are asked differently and answer alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, CompoundSelect, Float, Select, case, exists, func, or_, select, text, true
from sqlalchemy import union as either
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import TextClause

from dossiers.models import Conversation, Dossier, DossierField, Message, Sender, TopicStatus
from knowledge.library import Library
from knowledge.vocabulary import country_names
from knowledge.wording import say_or

MOST_WORDS = 8
LONGEST_WORD = 60
SHORTEST = 2  # letters of the longest word: one letter alone is the beginning of nearly everything
_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
_WITH_ACCENTS = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")
_PURPOSES = ("employee", "researcher", "self-employed", "job-seeker", "family", "student")
_FOUND = {
    "messages": "SELECT rowid FROM search_messages WHERE search_messages MATCH :{0}",
    "fields": "SELECT rowid FROM search_fields WHERE search_fields MATCH :{0}",
    "topics": "SELECT rowid FROM search_topics WHERE search_topics MATCH :{0}",
}
_MATCHES = {
    "messages": "search_words({table}.text) @@ to_tsquery('simple', :{0}) AND {table}.sender IN ('person', 'agent')",
    "fields": "search_field_words({table}.key, {table}.value) @@ to_tsquery('simple', :{0})",
    "topics": "search_words({table}.note || ' ' || coalesce({table}.waits_for, '')) @@ to_tsquery('simple', :{0})",
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message that holds every word, and its conversation."""

    conversation: Conversation
    message: Message


def words_of(typed: str, shortest: int = SHORTEST) -> tuple[str, ...]:
    """The words that are searched for: small letters, no accents, each once. None when no word is long enough to go by;
    in other scripts than ours one sign is."""
    found = tuple(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(folded(typed))))[:MOST_WORDS]
    return found if any(len(word) >= shortest or not word.isascii() for word in found) else ()


def folded(written: str) -> str:
    """A text without accents and capitals, as it is compared."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", written)).lower()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", bare))


def pieces(written: str, words: Collection[str]) -> Iterator[tuple[str, bool]]:
    """The text cut where found words begin and end: each piece, and whether it is one. Joined they are the text."""
    at = 0
    beginnings = tuple(words)
    for found in _WITH_ACCENTS.finditer(written):
        if beginnings and folded(found[0]).startswith(beginnings):
            if found.start() > at:
                yield written[at : found.start()], False
            yield found[0], True
            at = found.end()
    if at < len(written):
        yield written[at:], False


def holding(
    session: Session, words: Sequence[str], library: Library, keys: Collection[str] | None = None
) -> Select[str] | CompoundSelect[str]:
    """The ids of the dossiers in which every word stands, in what holds now, to be used in another statement.

    ``keys``: only in these fields; None: in all of them and in the notes of the topics. With no words: all dossiers.
    """
    if not words:
        return select(Dossier.id)
    each = [_dossiers_with(session, word, number, library, keys) for number, word in enumerate(words)]
    return each[0] if len(each) == 1 else each[0].intersect(*each[1:])


def dossiers(
    session: Session, typed: str, library: Library, teams: Collection[str] | None, most: int = 25
) -> Sequence[Dossier]:
    """Dossiers that hold every word: those whose name has one first, then the last changed.

    ``teams``: only of these teams and of none; None: of all.
    """
    words = words_of(typed)
    if not words:
        return []
    named = [_dossiers_with(session, word, 100 + n, library, ("first_name",)) for n, word in enumerate(words)]
    is_named = or_(*(Dossier.id.in_(one) for one in named))
    statement = (
        select(Dossier)
        .join(Conversation, Conversation.id == Dossier.conversation_id)
        .where(Dossier.id.in_(holding(session, words, library)), _of_teams(teams))
        .order_by(case((is_named, 0), else_=1), Dossier.changed_at.desc(), Dossier.id)
    )
    return session.scalars(statement.limit(most)).all()


def conversations(session: Session, typed: str, teams: Collection[str] | None, most: int = 25) -> Sequence[Spoken]:
    """Conversations with a message of the person or an agent that holds every word, with it; the best first."""
    words = words_of(typed)
    if not words:
        return []
    statement = select(Conversation, Message).join(Message, Message.conversation_id == Conversation.id)
    statement = statement.where(_of_teams(teams), Message.sender.in_((Sender.PERSON, Sender.AGENT)))
    if session.get_bind().dialect.name == "sqlite":
        query = " ".join(f'"{word}"*' for word in words)
        ranked = text("SELECT rowid, rank FROM search_messages WHERE search_messages MATCH :words")
        hits = ranked.bindparams(words=query).columns(rowid=Message.id.type, rank=Float()).subquery("hits")
        statement = statement.join(hits, hits.c.rowid == Message.id).order_by(hits.c.rank, Message.id.desc())
    else:
        query = " & ".join(f"'{word}':*" for word in words)
        rank = func.ts_rank_cd(func.search_words(Message.text), func.to_tsquery("simple", query), 1)
        statement = statement.where(_text("messages", "messages", "words", query))
        statement = statement.order_by(rank.desc(), Message.id.desc())
    best: dict[str, Spoken] = {}
    for conversation, message in session.execute(statement.limit(most * 8)):
        best.setdefault(conversation.id, Spoken(conversation, message))
    return list(best.values())[:most]


def _dossiers_with(
    session: Session, word: str, number: int, library: Library, keys: Collection[str] | None
) -> Select[str]:
    said = select(DossierField.dossier_id).where(
        DossierField.replaced_at.is_(None), _matches(session, "fields", DossierField, word, number, library)
    )
    if keys is not None:
        return said.where(DossierField.key.in_(keys))
    later = aliased(TopicStatus)
    is_old = exists().where(
        later.dossier_id == TopicStatus.dossier_id, later.topic == TopicStatus.topic, later.id > TopicStatus.id
    )
    noted = select(TopicStatus.dossier_id).where(
        ~is_old, _matches(session, "topics", TopicStatus, word, number, library)
    )
    return select(either(said, noted).subquery().c[0])


def _matches(
    session: Session,
    index: str,
    table: type[DossierField | TopicStatus],
    word: str,
    number: int,
    library: Library,
) -> ColumnElement[bool] | TextClause:
    """That a row of the table holds a word, or (a field) a code that stands for it: “Syria” is kept as SY."""
    codes = _codes(word, library) if index == "fields" else []
    name = f"{index}_{number}"
    if session.get_bind().dialect.name == "sqlite":
        query = " OR ".join([f'"{word}"*', *(f'"{code}"' for code in codes)])
        return table.id.in_(text(_FOUND[index].format(name)).bindparams(**{name: query}).columns(rowid=table.id.type))
    query = " | ".join([f"'{word}':*", *(f"'{code}'" for code in codes)])
    return _text(index, table.__tablename__, name, query)


def _text(index: str, table: str, name: str, query: str) -> TextClause:
    return text(_MATCHES[index].format(name, table=table)).bindparams(**{name: query})


def _codes(word: str, library: Library) -> list[str]:
    """The marked codes whose name has a word that begins like this."""
    towns = ((f"xqhometown {_plain(slug)} xqend", town.name) for slug, town in library.municipalities.items())
    named = (*_fixed_codes(), *towns)
    return [mark for mark, name in named if any(part.startswith(word) for part in _parts(name))]


def _plain(code: str) -> str:
    return " ".join(_parts(code))


@lru_cache(maxsize=2000)
def _parts(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(folded(name)))


@lru_cache(maxsize=1)
def _fixed_codes() -> tuple[tuple[str, str], ...]:
    countries = [(f"xqnationality{code.lower()}", name) for code, name in country_names().items()]
    return (*countries, *((f"xqpurpose {_plain(code)} xqend", say_or(f"value_{code}", code)) for code in _PURPOSES))


def _of_teams(teams: Collection[str] | None) -> ColumnElement[bool]:
    if teams is None:
        return true()
    return Conversation.team_id.is_(None) | Conversation.team_id.in_(teams)

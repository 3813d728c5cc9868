"""Every column is declared, and what is declared is so."""

from __future__ import annotations

import pytest
from sqlalchemy import Table as SqlTable

from dossiers import models  # noqa: F401  (fills the metadata)
from dossiers.database import Base
from dossiers.privacy import reaching
from dossiers.privacy.declarations import DECLARED
from dossiers.privacy.kinds import PERSONAL, AtErase, Data, Whose, columns
from dossiers.privacy.purposes import PURPOSES
from dossiers.privacy.retention import RULES
from dossiers.privacy.terms import PROPOSED

TABLES = sorted(Base.metadata.tables)


def test_every_column_of_every_table_is_declared_and_nothing_else():
    there = {f"{name}.{column.name}" for name, table in Base.metadata.tables.items() for column in table.columns}
    said = {f"{name}.{column}" for name, table in DECLARED.items() for column in table.columns}
    assert sorted(there - said) == [], "say in dossiers/privacy/declarations what these are"
    assert sorted(said - there) == [], "these are not there (any more)"


@pytest.mark.parametrize("name", TABLES)
def test_what_is_said_of_an_erasure_is_what_the_foreign_keys_do(name: str):
    declared, table = DECLARED[name], Base.metadata.tables[name]
    goes = name in reaching.reached()
    assert goes == (declared.at_erase is AtErase.DELETED)
    if declared.at_erase is AtErase.UNLINKED:
        assert _leads_to_people(table), "nothing leads from here to a person"
    if declared.at_erase is AtErase.KEPT:
        assert not _leads_to_people(table), "something leads from here to a person who is erased"


def _leads_to_people(table: SqlTable) -> list[str]:
    return [key.parent.name for key in table.foreign_keys if key.column.table.name in reaching.reached()]


@pytest.mark.parametrize("name", TABLES)
def test_nothing_hinders_an_erasure(name: str):
    """A foreign key to something of a person lets go: the row goes too, or only its link."""
    for key in Base.metadata.tables[name].foreign_keys:
        if key.column.table.name in reaching.reached():
            assert key.ondelete in ("CASCADE", "SET NULL"), f"{name}.{key.parent.name}"


@pytest.mark.parametrize("name", TABLES)
def test_what_a_person_told_is_a_persons_and_ends(name: str):
    declared = DECLARED[name]
    if declared.holding(*PERSONAL):
        assert declared.whose is Whose.PERSON
        assert declared.at_erase is AtErase.DELETED
    assert declared.kept or declared.reason, "until when is it kept, or why without an end?"
    assert set(declared.kept) <= {rule.key for rule in RULES}
    assert declared.purpose in PURPOSES


@pytest.mark.parametrize("name", TABLES)
def test_who_told_something_gets_it_back(name: str):
    """What is personal is exported, except what only opens or carries: hashes, drafts of others, marks of delivery."""
    declared = DECLARED[name]
    technical = {"inbox", "outbox", "resume_codes", "reply_drafts"}
    secret = {"token_hash", "key", "sealed_key", "link_id", "options"} if declared.exported else set()
    owed = set(declared.holding(*PERSONAL)) - set(declared.exported) - secret
    assert name in technical or owed == set()
    assert set(declared.exported) <= set(declared.columns)
    assert not set(declared.exported) & set(declared.holding(Data.STAFF)), "that is a colleague's"


def test_every_rule_has_a_term_and_every_term_a_rule():
    assert {rule.key for rule in RULES} == set(PROPOSED)
    assert len({rule.key for rule in RULES}) == len(RULES)


def test_a_column_is_declared_once():
    with pytest.raises(ValueError, match="twice"):
        columns(id="a b", written="b")

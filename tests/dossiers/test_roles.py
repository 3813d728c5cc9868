"""Who gives roles, who is left, links instead of passwords, and who somebody is at their organisation."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from dossiers import accounts
from dossiers.accounts import AccountError, LoggedIn, StepOver, administration, identities, invitations, passwords
from dossiers.accounts.identities import Groups, Shown, Unknown
from dossiers.database import Database
from dossiers.models import Agent, AuditEntry, Role, Team, TeamMember

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"
ISSUER = "https://login.example"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()


def make(database: Database, login: str, *roles: Role, password: str | None = PASSWORD) -> Agent:
    with database.write() as session:
        return accounts.create_agent(session, login=login, name=login, password=password, now=NOW, roles=roles)


def set_roles(database: Database, agent: Agent, *roles: Role, by: str = "system") -> None:
    with database.write() as session:
        accounts.set_roles(session, session.get_one(Agent, agent.id), roles, actor=by, now=NOW)


def actions(database: Database) -> list[str]:
    with database.read() as session:
        return [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.number)]


def test_the_last_administrator_stays(database):
    boss, mia = make(database, "boss", Role.ADMINISTRATOR), make(database, "mia", Role.AGENT)
    with pytest.raises(AccountError, match="last administrator"):
        set_roles(database, boss, Role.AGENT)
    with database.write() as session, pytest.raises(AccountError, match="last administrator"):
        accounts.deactivate(session, session.get_one(Agent, boss.id))
    set_roles(database, mia, Role.ADMINISTRATOR)
    set_roles(database, boss, Role.AGENT)
    with pytest.raises(AccountError, match="last administrator"):
        set_roles(database, mia)


def test_a_locked_administrator_does_not_count(database):
    boss, mia = make(database, "boss", Role.ADMINISTRATOR), make(database, "mia", Role.ADMINISTRATOR)
    with database.write() as session:
        accounts.deactivate(session, session.get_one(Agent, mia.id))
    with pytest.raises(AccountError, match="last administrator"):
        set_roles(database, boss)


def test_two_administrators_cannot_take_each_other_away_at_the_same_moment(database):
    pair = [make(database, login, Role.ADMINISTRATOR) for login in ("one", "two")]

    def take_away(agent: Agent) -> bool:
        try:
            set_roles(database, agent, Role.AGENT)
        except AccountError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(take_away, pair))
    assert sorted(done) == [False, True]


def test_a_partner_has_no_other_role(database):
    for roles in ((Role.PARTNER, Role.AGENT), (Role.PARTNER, Role.ADMINISTRATOR)):
        with pytest.raises(AccountError, match="guest"):
            make(database, "rita", *roles)
    make(database, "rita", Role.PARTNER)


def test_every_change_of_roles_is_written_down_and_says_when_it_is_ones_own(database):
    boss = make(database, "boss", Role.ADMINISTRATOR)
    set_roles(database, boss, Role.ADMINISTRATOR, Role.AGENT, by=f"agent:{boss.id}")
    with database.read() as session:
        entry = session.query(AuditEntry).order_by(AuditEntry.number.desc()).first()
        assert entry is not None
        assert (entry.action, entry.actor, entry.details["own"]) == ("account.roles", f"agent:{boss.id}", True)
        assert "agent" in entry.details["after"]
        assert session.get_one(Agent, boss.id).roles_set_by == boss.id


def test_an_invitation_makes_the_account_ones_own_once(database):
    mia = make(database, "mia", Role.AGENT, password=None)
    assert accounts.log_in(database, "mia", "", "office", NOW) is None
    with database.write() as session:
        token = invitations.invite(session, session.get_one(Agent, mia.id), actor="system", now=NOW)
    with database.read() as session:
        assert token not in str(session.execute(text("SELECT * FROM invitations")).all())
    with database.write() as session, pytest.raises(AccountError, match="12 to 200"):
        invitations.accept(session, token, "short", NOW)
    with database.write() as session:
        invitations.accept(session, token, PASSWORD, NOW)
    assert isinstance(accounts.log_in(database, "mia", PASSWORD, "office", NOW), LoggedIn)
    with database.write() as session, pytest.raises(StepOver):
        invitations.accept(session, token, "another password", NOW)


@pytest.mark.parametrize("how", ["too old", "a newer one", "locked", "forged"])
def test_a_link_that_is_over_opens_nothing(database, how):
    mia, now = make(database, "mia", Role.AGENT, password=None), NOW
    with database.write() as session:
        me = session.get_one(Agent, mia.id)
        token = invitations.invite(session, me, actor="system", now=NOW)
        if how == "too old":
            now = NOW + invitations.LASTS
        elif how == "a newer one":
            invitations.invite(session, me, actor="system", now=NOW)
        elif how == "locked":
            accounts.deactivate(session, me)
        else:
            token = "x" * 43
    with database.write() as session, pytest.raises(StepOver):
        invitations.accept(session, token, PASSWORD, now)


def test_a_new_link_ends_the_password_and_the_sessions_of_before(database):
    mia = make(database, "mia", Role.AGENT)
    opened = accounts.log_in(database, "mia", PASSWORD, "office", NOW)
    assert opened is not None
    with database.write() as session:
        invitations.invite(session, session.get_one(Agent, mia.id), actor="system", now=NOW)
    with database.read() as session:
        assert accounts.session_of(session, opened.token, NOW) is None
    assert accounts.log_in(database, "mia", PASSWORD, "office", NOW) is None


def shown(email: str = "", *, verified: bool = True, subject: str = "s1", groups: tuple[str, ...] = ()) -> Shown:
    return Shown(ISSUER, subject, email, verified, "Mia", frozenset(groups))


def enter(database: Database, who: Shown, groups: Groups | None = None) -> Agent:
    with database.write() as session:
        return identities.agent_of(session, who, groups or Groups(), NOW)


def test_a_checked_address_links_an_invited_account_once_and_after_that_the_subject_counts(database):
    mia = make(database, "mia@example.org", Role.AGENT, password=None)
    with database.write() as session:
        invitations.invite(session, session.get_one(Agent, mia.id), actor="system", now=NOW)
    assert enter(database, shown("Mia@Example.org")).id == mia.id
    assert enter(database, shown("other@example.org")).id == mia.id
    with pytest.raises(Unknown):
        enter(database, shown("mia@example.org", subject="s2"))


@pytest.mark.parametrize("case", ["not checked", "not invited", "has a password", "locked", "nobody", "link too old"])
def test_an_address_alone_opens_no_account(database, case):
    mia = make(database, "mia@example.org", Role.AGENT, password=PASSWORD if case == "has a password" else None)
    with database.write() as session:
        me = session.get_one(Agent, mia.id)
        if case in ("not checked", "locked", "link too old"):
            early = NOW - invitations.LASTS if case == "link too old" else NOW
            invitations.invite(session, me, actor="system", now=early)
        if case == "locked":
            accounts.deactivate(session, me)
    email = "tom@example.org" if case == "nobody" else "mia@example.org"
    with pytest.raises(Unknown):
        enter(database, shown(email, verified=case != "not checked"))


def test_the_same_subject_of_another_provider_is_somebody_else(database):
    mia = make(database, "mia", Role.AGENT)
    with database.write() as session:
        identities.link(session, session.get_one(Agent, mia.id), shown(), NOW)
    assert enter(database, shown()).id == mia.id
    with pytest.raises(Unknown):
        enter(database, Shown("https://evil.example", "s1"))


def test_an_account_is_made_only_where_that_is_wanted_and_may_do_nothing(database):
    made = enter(database, shown("new@example.org"), Groups(create=True))
    assert (made.login, made.roles, made.password_hash) == ("new@example.org", [], "")
    unchecked = enter(database, shown("boss@example.org", verified=False, subject="s9"), Groups(create=True))
    assert unchecked.login == "provider-s9"


def test_an_account_that_exists_is_never_taken_over_by_making_one(database):
    make(database, "boss@example.org", Role.ADMINISTRATOR)
    with pytest.raises(Unknown):
        enter(database, shown("boss@example.org"), Groups(create=True))


def test_groups_give_and_take_the_roles_and_teams_that_they_govern_and_no_others(database):
    mia = make(database, "mia", Role.EDITOR)
    with database.write() as session:
        identities.link(session, session.get_one(Agent, mia.id), shown(), NOW)
        ghent = Team(name="Ghent", municipalities=[], created_at=NOW)
        other = Team(name="Other", municipalities=[], created_at=NOW)
        session.add_all([ghent, other])
        session.flush()
        session.add(TeamMember(team_id=other.id, agent_id=mia.id))
    groups = Groups({"agents": Role.AGENT}, {"gent": "Ghent", "none": "No such team"})
    assert enter(database, shown(groups=("agents", "gent", "none")), groups).roles == ["agent", "editor"]

    def teams() -> set[str]:
        with database.read() as session:
            return {row.team_id for row in session.query(TeamMember).filter_by(agent_id=mia.id)}

    assert teams() == {ghent.id, other.id}
    assert enter(database, shown(), groups).roles == ["editor"]
    assert teams() == {other.id}


def test_groups_never_take_the_last_administrator_away(database):
    boss = make(database, "boss", Role.ADMINISTRATOR)
    with database.write() as session:
        identities.link(session, session.get_one(Agent, boss.id), shown(), NOW)
    assert enter(database, shown(), Groups({"admins": Role.ADMINISTRATOR})).roles == ["administrator"]
    assert "account.roles.refused" in actions(database)


def test_a_town_has_one_team_and_one_team_takes_the_rest(database):
    def save(team: Team | None, name: str, towns: tuple[str, ...], rest: bool = False) -> Team:
        with database.write() as session:
            return administration.save_team(
                session, team, name=name, municipalities=towns, catch_all=rest, actor="system", now=NOW
            )

    save(None, "Ghent", ("gent",), rest=True)
    for name, towns, rest, said in (
        ("Two", ("gent",), False, "serves gent already"),
        ("Two", (), True, "all other towns already"),
        ("ghent", (), False, "a team “Ghent” already"),
        ("  ", (), False, "a name"),
    ):
        with pytest.raises(AccountError, match=said):
            save(None, name, towns, rest)
    save(None, "Aalst", ("aalst",))

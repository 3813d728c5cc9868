"""Agents, passwords, sessions and the throttle, on a real database."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from dossiers import accounts
from dossiers.accounts import passwords
from dossiers.database import Database
from dossiers.models import Agent, AgentSession, LoginAttempt

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"
IN_USE = passwords._hasher
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    """The real algorithm with parameters that take a millisecond."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()


@pytest.fixture
def agent(database: Database) -> Agent:
    with database.write() as session:
        return accounts.create_agent(session, login="Mia", name="Mia Peeters", password=PASSWORD, now=NOW)


def log_in(database: Database, password: str = PASSWORD, login: str = "mia", client: str = "office", now=NOW):
    return accounts.log_in(database, login, password, client, now)


def token(database: Database) -> str:
    opened = log_in(database)
    assert opened is not None
    return opened.token


def is_open(database: Database, secret: str, now: dt.datetime) -> bool:
    with database.read() as session:
        return accounts.session_of(session, secret, now) is not None


def test_the_right_password_opens_a_session_and_login_ignores_case(database, agent):
    opened = log_in(database, login=" MIA ")
    assert opened is not None
    assert opened.agent.name == "Mia Peeters"
    with database.read() as session:
        found = accounts.session_of(session, opened.token, NOW)
        assert found is not None
        assert found.agent.id == agent.id


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + "x", "x" * 100_000])
def test_a_wrong_password_opens_nothing(database, agent, password):
    assert log_in(database, password) is None


def test_an_unknown_login_is_checked_against_a_hash_of_the_same_cost(database, agent, monkeypatch):
    checked = []

    class Watched(PasswordHasher):
        def verify(self, hash, password):  # noqa: A002 - the library's name
            checked.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Watched(time_cost=1, memory_cost=1024, parallelism=1))
    assert log_in(database, login="nobody") is None
    assert log_in(database, "wrong") is None
    unknown, known = checked
    assert unknown.split("$")[1:4] == known.split("$")[1:4]


def test_the_database_holds_neither_password_nor_token(database, agent, tmp_path):
    secret = token(database)
    database.engine.dispose()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in content
    assert secret.encode() not in content
    assert agent.password_hash.startswith("$argon2id$")


def test_the_parameters_in_use_are_those_the_library_recommends():
    assert (IN_USE.memory_cost, IN_USE.time_cost) == (PasswordHasher().memory_cost, PasswordHasher().time_cost)
    assert IN_USE.memory_cost >= 19 * 1024


def test_a_hash_with_older_parameters_is_renewed_at_log_in(database, agent, monkeypatch):
    weak = agent.password_hash
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())
    assert log_in(database) is not None
    with database.read() as session:
        renewed = session.get_one(Agent, agent.id).password_hash
    assert renewed != weak
    assert not PasswordHasher().check_needs_rehash(renewed)
    assert log_in(database) is not None


def test_a_session_ends_after_two_idle_hours(database, agent):
    secret = token(database)
    assert is_open(database, secret, NOW + accounts.IDLE - MINUTE)
    assert not is_open(database, secret, NOW + accounts.IDLE)


def test_activity_keeps_a_session_open_but_never_beyond_twelve_hours(database, agent):
    secret, now = token(database), NOW
    while now < NOW + accounts.ABSOLUTE:
        with database.read() as session:
            found = accounts.session_of(session, secret, now)
            assert found is not None, now
        accounts.seen(database, found, now)
        now += dt.timedelta(hours=1)
    assert not is_open(database, secret, now)


def test_activity_is_noted_at_most_once_a_minute(database, agent):
    secret = token(database)
    for seconds in (1, 59, 61):
        with database.read() as session:
            found = accounts.session_of(session, secret, NOW)
            assert found is not None
        accounts.seen(database, found, NOW + dt.timedelta(seconds=seconds))
    with database.read() as session:
        assert session.scalars(select(AgentSession.last_seen_at)).one() == NOW + dt.timedelta(seconds=61)


def test_logging_out_ends_one_session_and_leaves_the_other(database, agent):
    first, second = token(database), token(database)
    with database.write() as session:
        accounts.end_session(session, first)
    assert not is_open(database, first, NOW)
    assert is_open(database, second, NOW)


@pytest.mark.parametrize("change", ["deactivate", "password"])
def test_deactivation_and_a_new_password_end_every_session(database, agent, change):
    secrets = [token(database), token(database)]
    with database.write() as session:
        stored = session.get_one(Agent, agent.id)
        if change == "deactivate":
            accounts.deactivate(session, stored)
        else:
            accounts.set_password(session, stored, "an entirely new one")
    assert not any(is_open(database, secret, NOW) for secret in secrets)
    assert log_in(database) is None


def test_only_the_sessions_own_csrf_token_is_accepted(database, agent):
    first, second = token(database), token(database)
    with database.read() as session:
        one, other = accounts.session_of(session, first, NOW), accounts.session_of(session, second, NOW)
        assert one is not None
        assert other is not None
    assert accounts.is_csrf_token(one, one.csrf_token)
    for forged in ("", "x", "é", other.csrf_token, first):
        assert not accounts.is_csrf_token(one, forged)


def test_after_five_failures_even_the_right_password_waits(database, agent):
    for _ in range(accounts.FAILURES_PER_LOGIN):
        assert log_in(database, "wrong") is None
    with pytest.raises(accounts.ThrottledError) as caught:
        log_in(database, now=NOW + 5 * MINUTE)
    assert caught.value.minutes == 10
    assert log_in(database, now=NOW + accounts.WINDOW + MINUTE) is not None


def test_being_turned_away_does_not_lengthen_the_wait(database, agent):
    for _ in range(accounts.FAILURES_PER_LOGIN):
        log_in(database, "wrong")
    for minute in range(1, 15):
        with pytest.raises(accounts.ThrottledError):
            log_in(database, now=NOW + minute * MINUTE)
    assert log_in(database, now=NOW + accounts.WINDOW + MINUTE) is not None


def test_success_forgets_the_failures_of_the_login(database, agent):
    for _ in range(3):
        for _ in range(accounts.FAILURES_PER_LOGIN - 1):
            assert log_in(database, "wrong") is None
        assert log_in(database) is not None


def test_one_client_cannot_try_many_logins(database, agent):
    for number in range(accounts.FAILURES_PER_CLIENT):
        assert log_in(database, "wrong", login=f"agent{number}") is None
    with pytest.raises(accounts.ThrottledError):
        log_in(database, "wrong", login="another")
    assert log_in(database, client="elsewhere") is not None


def test_guesses_at_the_same_moment_count_each(database, agent, monkeypatch):
    looked_at = []
    monkeypatch.setattr(passwords, "matches", lambda *given: looked_at.append(given) or False)

    def guess(number: int) -> bool:
        try:
            log_in(database, f"guess {number}", client=f"client {number}")
        except accounts.ThrottledError:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(guess, range(24)))
    assert len(looked_at) <= accounts.FAILURES_PER_LOGIN


def test_attempts_name_neither_login_nor_address_and_are_forgotten(database, agent):
    log_in(database, "wrong", client="192.0.2.7")
    with database.read() as session:
        keys = session.scalars(select(LoginAttempt.key)).all()
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)
    assert log_in(database, now=NOW + accounts.WINDOW + MINUTE) is not None
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"login": "MIA"}, "already"),
        ({"login": "two words"}, "one word"),
        ({"login": "  "}, "one word"),
        ({"name": " "}, "name that people see"),
        ({"password": "short"}, "12 to 200"),
    ],
)
def test_what_cannot_be_an_agent_is_said_in_one_sentence(database, agent, change, said):
    values = {"login": "tom", "name": "Tom", "password": PASSWORD} | change
    with database.write() as session, pytest.raises(accounts.AccountError, match=said):
        accounts.create_agent(session, now=NOW, **values)


def test_random_passwords_differ_and_are_long_enough():
    made = {accounts.random_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) >= accounts.SHORTEST_PASSWORD for password in made)

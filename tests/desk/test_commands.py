"""The commands for accounts, run as people run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from desk.__main__ import commands
from dossiers import accounts
from dossiers.accounts import second_factor
from dossiers.database import Base, Database, make_engine, now
from dossiers.models import Agent, SecondFactor
from dossiers.sealing import Sealer

GIVEN = "given by an administrator"


@pytest.fixture
def url(tmp_path) -> str:
    found = f"sqlite:///{tmp_path / 'app.db'}"
    engine = make_engine(found)
    Base.metadata.create_all(engine)
    engine.dispose()
    return found


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(url: str, *arguments: str, given: str = "") -> Done:
    result = CliRunner().invoke(commands, arguments, input=given, env={"DATABASE_URL": url})
    return Done(result.exit_code, result.stdout, result.stderr)


def run_as_people_do(url: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desk", *arguments],
        env=os.environ | {"DATABASE_URL": url},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def can_log_in(url: str, login: str, password: str) -> bool:
    return accounts.log_in(Database(make_engine(url)), login, password, "test", now()) is not None


def test_an_agent_is_made_with_a_random_password_that_works(url):
    done = run(url, "create-agent", "--login", "Mia", "--name", "Mia Peeters")
    assert done.returncode == 0
    assert done.stderr == ""
    password = done.stdout.split()[-1]
    assert can_log_in(url, "mia", password)


def test_a_given_password_is_not_printed_and_can_be_replaced_and_locked(url):
    done = run(url, "create-agent", "--login", "tom", "--name", "Tom", "--password-stdin", given=GIVEN + "\n")
    assert done.returncode == 0
    assert GIVEN not in done.stdout
    assert can_log_in(url, "tom", GIVEN)
    password = run(url, "reset-password", "--login", "tom").stdout.split()[-1]
    assert not can_log_in(url, "tom", GIVEN)
    assert can_log_in(url, "tom", password)
    assert run(url, "deactivate", "--login", "TOM").returncode == 0
    assert not can_log_in(url, "tom", password)


def test_the_demo_agent_is_made_once_and_its_line_can_be_read_by_a_program(url):
    first = run_as_people_do(url, "seed-demo").stdout
    found = re.fullmatch(r"desk login: demo / (\S+)\n", first)
    assert found
    assert can_log_in(url, "demo", found[1])
    second = run(url, "seed-demo")
    assert second.returncode == 0
    assert "was shown at the first start" in second.stdout
    assert "reset-password --login demo" in second.stdout
    assert found[1] not in second.stdout


def test_no_demo_agent_beside_real_ones(url):
    run(url, "create-agent", "--login", "mia", "--name", "Mia")
    assert "no demo agent was made" in run(url, "seed-demo").stdout
    assert "no agent with the login “demo”" in run(url, "deactivate", "--login", "demo").stderr


@pytest.mark.parametrize(
    ("database", "arguments", "said"),
    [
        ("", ("reset-password", "--login", "nobody"), "no agent with the login “nobody”"),
        ("", ("create-agent", "--login", "two words", "--name", "X"), "one word"),
        ("", ("create-agent", "--login", "x", "--name", "X", "--password-stdin"), "12 to 200 characters"),
        ("sqlite:////{tmp}/new.db", ("seed-demo",), "no tables yet"),
        ("no address", ("seed-demo",), "not the address of a database"),
        ("postgresql://u:secret@127.0.0.1:1/x", ("seed-demo",), "cannot be reached"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(url, tmp_path, database, arguments, said):
    done = run(database.replace("/{tmp}", str(tmp_path)) or url, *arguments, given="short\n")
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


def test_roles_are_given_by_commands_and_listed(url):
    run(url, "create-agent", "--login", "boss", "--name", "Boss", "--role", "administrator", "--role", "agent")
    run(url, "create-agent", "--login", "mia", "--name", "Mia")
    done = run(url, "set-roles", "--login", "mia", "--role", "coordinator")
    assert done.stdout == "mia: coordinator.\n"
    lines = run(url, "list-agents").stdout.splitlines()
    assert lines == ["boss\tBoss\tadministrator, agent\tno second factor", "mia\tMia\tcoordinator\tno second factor"]
    run(url, "deactivate", "--login", "mia")
    assert run(url, "list-agents").stdout.splitlines()[1].endswith("locked")


def test_no_command_takes_the_last_administrator_away(url):
    run(url, "create-agent", "--login", "boss", "--name", "Boss", "--role", "administrator")
    for arguments in (("set-roles", "--login", "boss", "--role", "agent"), ("deactivate", "--login", "boss")):
        done = run(url, *arguments)
        assert (done.returncode, "last administrator" in done.stderr) == (1, True)


def test_a_role_that_does_not_exist_is_refused(url):
    assert run(url, "create-agent", "--login", "x", "--name", "X", "--role", "king").returncode == 2


def test_a_lost_second_factor_is_reset_by_a_command(url):
    run(url, "create-agent", "--login", "mia", "--name", "Mia", "--password-stdin", given=GIVEN + "\n")
    database, sealer = Database(make_engine(url)), Sealer(["k" * 32])
    with database.write() as session:
        agent = accounts.by_login(session, "mia")
        assert agent is not None
        second_factor.begin(session, sealer, agent, now())
        session.get_one(SecondFactor, agent.id).confirmed_at = now()
    assert isinstance(accounts.log_in(database, "mia", GIVEN, "test", now()), accounts.CodeNeeded)
    assert run(url, "reset-second-factor", "--login", "mia").returncode == 0
    assert isinstance(accounts.log_in(database, "mia", GIVEN, "test", now()), accounts.LoggedIn)


def test_the_demo_agent_goes_without_a_second_factor_and_others_do_not(url):
    run(url, "seed-demo")
    run(url, "create-agent", "--login", "boss", "--name", "Boss", "--role", "administrator")
    with Database(make_engine(url)).read() as session:
        exempt = {agent.login: agent.second_factor_exempt for agent in session.query(Agent)}
    assert exempt == {"demo": True, "boss": False}


def test_the_table_of_permissions_is_printed():
    assert CliRunner().invoke(commands, ["matrix"]).stdout.startswith("|  | agent | editor |")

"""Commands for the accounts of agents: `python -m desk --help`. They work on the database that DATABASE_URL names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from desk import matrix
from dossiers import accounts, audit, hours
from dossiers.accounts import AccountError, second_factor
from dossiers.database import Database, make_engine, now
from dossiers.models import Agent, Role

DEMO = "demo"
DEMO_ROLES = [role for role in Role if role is not Role.PARTNER]  # one person shows everything
commands = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=__doc__
)
Login = Annotated[str, typer.Option(help="What the agent types to log in.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the input's first line.")]
Roles = Annotated[list[Role], typer.Option("--role", help="What they do at the desk; may be given several times.")]


@contextmanager
def _session() -> Iterator[Session]:
    """One transaction; what goes wrong becomes one sentence and exit code 1."""
    try:
        engine = make_engine(os.environ.get("DATABASE_URL", "sqlite:///var/app.db"))
        secret = os.environ.get("SECRET_KEY")
        with Database(engine, audit.sealing([secret]) if secret else None).write() as session:
            yield session
        engine.dispose()
    except AccountError as problem:
        _fail(str(problem))
    except ArgumentError:
        _fail("DATABASE_URL is not the address of a database, for example sqlite:///var/app.db.")
    except (OperationalError, ProgrammingError) as error:
        missing = "no such table" in str(error.orig) or "does not exist" in str(error.orig)
        _fail(
            "The database has no tables yet. Run “make run”, or “python -m alembic upgrade head”, first."
            if missing
            else "The database cannot be reached. Check DATABASE_URL and whether it is running."
        )


def _fail(text: str) -> None:
    typer.echo(text, err=True)
    raise typer.Exit(1)


def _password(from_stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else accounts.random_password()


def _agent(session: Session, login: str) -> Agent:
    agent = accounts.by_login(session, login)
    if agent is None:
        raise AccountError(f"There is no agent with the login “{accounts.normal_login(login)}”.")
    return agent


@commands.command("create-agent")
def create_agent(
    login: Login,
    name: Annotated[str, typer.Option(help="The name that people see in the chat.")],
    role: Roles = [Role.AGENT, Role.EDITOR],  # noqa: B006 - Typer copies it
    password_stdin: FromStdin = False,
) -> None:
    """Make an agent. Without --password-stdin a random password is printed, once."""
    password = _password(password_stdin)
    with _session() as session:
        agent = accounts.create_agent(session, login=login, name=name, password=password, now=now(), roles=role)
        made = f"Made the agent {agent.name} with the login {agent.login} ({_words(agent)})."
    typer.echo(made if password_stdin else f"{made} Password, shown only now: {password}")


def _words(agent: Agent) -> str:
    return ", ".join(agent.roles) or "no role"


@commands.command("set-roles")
def set_roles(login: Login, role: Roles = []) -> None:  # noqa: B006 - Typer copies it
    """Give an agent these roles and no others, and end their sessions. Without --role: none."""
    with _session() as session:
        agent = _agent(session, login)
        if accounts.set_roles(session, agent, role, actor="system", now=now()):
            accounts.end_sessions(session, agent.id)
        done = f"{agent.login}: {_words(agent)}."
    typer.echo(done)


@commands.command("list-agents")
def list_agents() -> None:
    """List the accounts: login, name, roles, and whether they may log in."""
    with _session() as session:
        for agent in session.scalars(select(Agent).order_by(Agent.login)):
            factor = "second factor" if second_factor.is_on(session, agent.id) else "no second factor"
            state = factor if agent.active else "locked"
            typer.echo(f"{agent.login}\t{agent.name}\t{_words(agent)}\t{state}")


@commands.command("seed-demo")
def seed_demo() -> None:
    """Make the agent “demo” when there is no agent at all. On this machine alone it needs no second
    factor. Its desk is open around the clock."""
    password = accounts.random_password()
    with _session() as session:
        exists = accounts.any_agent(session)
        demo = accounts.by_login(session, DEMO) is not None
        if not exists:
            made = accounts.create_agent(
                session, login=DEMO, name="Demo agent", password=password, now=now(), roles=DEMO_ROLES
            )
            made.second_factor_exempt = True
            hours.keep(session, None, hours.ALWAYS, now(), on_holidays=True)
    if not exists:
        typer.echo(f"desk login: {DEMO} / {password}")
    elif demo:
        typer.echo(
            f"desk login: {DEMO}; its password was shown at the first start. "
            f"For a new one: .venv/app/bin/python -m desk reset-password --login {DEMO}"
        )
    else:
        typer.echo("The desk has agents of its own; no demo agent was made.")


@commands.command("reset-password")
def reset_password(login: Login, password_stdin: FromStdin = False) -> None:
    """Give an agent a new password and end their sessions."""
    password = _password(password_stdin)
    with _session() as session:
        agent = _agent(session, login)
        accounts.set_password(session, agent, password)
        subject = f"agent:{agent.id}"
        audit.note(session, actor="system", action="account.password", subject=subject, now=now())
    done = f"The password of {accounts.normal_login(login)} is changed and every session has ended."
    typer.echo(done if password_stdin else f"{done} New password, shown only now: {password}")


@commands.command("reset-second-factor")
def reset_second_factor(login: Login) -> None:
    """Turn off an agent's second factor, when phone and recovery codes are lost, and end their sessions."""
    with _session() as session:
        agent = _agent(session, login)
        second_factor.turn_off(session, agent, actor="system", now=now())
        accounts.end_sessions(session, agent.id)
    typer.echo(f"The second factor of {accounts.normal_login(login)} is off and every session has ended.")


@commands.command()
def deactivate(login: Login) -> None:
    """Lock an agent out at once. What they wrote stays."""
    with _session() as session:
        accounts.deactivate(session, _agent(session, login), now=now())
    typer.echo(f"{accounts.normal_login(login)} can no longer log in, and every session has ended.")


@commands.command("matrix")
def show_matrix(
    write: Annotated[bool, typer.Option("--write", help="Put it into docs/accounts.md.")] = False,
) -> None:
    """Print who may do what, as a table."""
    if write:
        document = Path(matrix.DOCUMENT)
        document.write_text(matrix.put_into(document.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        typer.echo(matrix.table())


if __name__ == "__main__":
    commands(prog_name="python -m desk")

"""Commands for the audit log. They work on the database that DATABASE_URL names.

`head` prints the last row by number and hash: keep it where nobody who can change the database can change it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from dossiers import audit, audit_chain
from dossiers.audit_chain import Head
from dossiers.database import Database, make_engine

commands = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=__doc__
)


@contextmanager
def _session() -> Iterator[Session]:
    try:
        engine = make_engine(os.environ.get("DATABASE_URL", "sqlite:///var/app.db"))
        with Database(engine).read() as session:
            yield session
        engine.dispose()
    except (ArgumentError, OperationalError, ProgrammingError):
        typer.echo(
            "The audit log cannot be read. Check DATABASE_URL and run “python -m alembic upgrade head”.", err=True
        )
        raise typer.Exit(2) from None


@commands.command()
def head() -> None:
    """Print the last row by number and hash, to keep it elsewhere."""
    with _session() as session:
        typer.echo(str(audit_chain.head(session)))


@commands.command()
def verify(
    from_head: Annotated[
        str, typer.Option(metavar="NUMBER:HASH", help="A head that was kept: it must still be there.")
    ] = "",
) -> None:
    """Check every row; the exit code is 1 when one is wrong. With SECRET_KEY also the seals are checked."""
    try:
        since = Head.read(from_head) if from_head else None
    except ValueError as error:
        typer.echo(f"--from-head: {error}.", err=True)
        raise typer.Exit(2) from None
    keys = audit.keys_of(audit.from_environment())
    with _session() as session:
        verdict = audit_chain.verify(session, keys, since)
    typer.echo(verdict.in_words())
    if not keys:
        typer.echo("The seals were not checked: SECRET_KEY is not set.")
    if not verdict.whole:
        raise typer.Exit(1)


if __name__ == "__main__":
    commands()

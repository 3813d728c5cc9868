"""Commands about people's data: `python -m dossiers --help`. They work on the database that DATABASE_URL names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from dossiers import audit
from dossiers.audit_commands import commands as audit_commands
from dossiers.database import Database, make_engine, now
from dossiers.privacy import copying, erasing, journal, receipts, running, terms
from dossiers.privacy import register as registers
from dossiers.privacy.retention import RULES

commands = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=__doc__
)
commands.add_typer(audit_commands, name="audit", help="The log of what was done: see and check it.")


def _url() -> str:
    return os.environ.get("DATABASE_URL") or "sqlite:///var/app.db"


@contextmanager
def _database() -> Iterator[Database]:
    """The database; what goes wrong becomes one sentence and exit code 1."""
    try:
        engine = make_engine(_url())
        yield Database(engine, audit.from_environment())
        engine.dispose()
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


def _terms() -> terms.Terms:
    try:
        return terms.configured()
    except terms.WrongTerm as problem:
        _fail(str(problem))
        raise


@commands.command()
def register(as_json: Annotated[bool, typer.Option("--json", help="As data instead of Markdown.")] = False) -> None:
    """Print the register of processing activities, made from the declarations in the code."""
    made = registers.made(_terms())
    typer.echo(made.to_json() if as_json else made.to_markdown(), nl=False)


@commands.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would end.")] = False,
    confirm: Annotated[int, typer.Option(help="End it now: the number of the count that you have looked at.")] = 0,
) -> None:
    """Count what the rules of retention would end now, or end it."""
    wanted = _terms()
    if dry_run == bool(confirm):
        _fail("Choose one: --dry-run to count, or --confirm NUMBER with the number that the count printed.")
    with _database() as database:
        try:
            report = (
                running.count(database, wanted, now())
                if dry_run
                else running.carry_out(database, wanted, now(), seen=confirm)
            )
        except running.NotCounted:
            _fail("There is no such count of the last hour with these terms. Count again with --dry-run.")
            return
    for rule in RULES:
        typer.echo(f"{report.counts[rule.key]:>8}  {rule.title}: {wanted[rule.key]} days after {rule.since}")
    if report.dry:
        typer.echo(f"Nothing was changed. To end this within an hour: --confirm {report.id}")


@commands.command()
def backup(file: Path) -> None:
    """Make a whole copy of an SQLite database, while the app goes on."""
    try:
        copying.copy(_url(), file)
    except copying.CannotCopy as problem:
        _fail(str(problem))
    typer.echo(f"The copy is {file}. Keep the folder of documents with it, and {_journal()} apart from it.")


@commands.command("reapply-erasures")
def reapply_erasures() -> None:
    """After a copy was put back: erase again what had been erased since. Then start the app, which tells the bot."""
    with _database() as database:
        with database.write() as session:
            taken = journal.take_over(session, _journal())
        again = erasing.again(database, now())
    typer.echo(f"{taken} entries came from {_journal()}. Erased again: {again}.")


@commands.command()
def receipt(number: str) -> None:
    """Show what a receipt says."""
    with _database() as database, database.read() as session:
        found = receipts.by_number(session, number)
    if found is None:
        _fail("There is no receipt with this number.")
        return
    typer.echo(f"{found.at:%Y-%m-%d %H:%M} UTC: {receipts.in_words(found)}")


def _journal() -> Path:
    return Path(os.environ.get("ERASED_JOURNAL") or journal.DEFAULT)


if __name__ == "__main__":
    commands(prog_name="python -m dossiers")

"""Commands for editors: check, show, search, compile."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from knowledge import checks, compiled
from knowledge.answer import compose
from knowledge.figures import today
from knowledge.library import KnowledgeError, Library, load, read
from knowledge.profile import Profile
from knowledge.search import search as find

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
out, err = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)


def _loaded() -> Library:
    try:
        return load()
    except KnowledgeError as error:
        for problem in error.problems:
            err.print(str(problem), style="red", markup=False)
        err.print(f"{len(error.problems)} to mend before the knowledge can be used.")
        raise typer.Exit(1) from None


@app.command()
def check() -> None:
    """Check every file and the whole; exit 1 when something must be mended."""
    library, problems = read()
    problems += checks.check(library)
    for problem in problems:
        err.print(str(problem), style="red", markup=False)
    out.print(" · ".join(f"{number} {name}" for name, number in checks.counts(library).items()))
    if problems:
        err.print(f"{len(problems)} to mend.")
        raise typer.Exit(1)
    out.print("Nothing to mend.")


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(metavar="ID")],
    town: Annotated[str | None, typer.Option(help="Slug of a town, for example gent.")] = None,
    country: Annotated[str | None, typer.Option(help="Nationality as an ISO code, for example IN.")] = None,
    on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today by default.")] = None,
) -> None:
    """Print one article as a person sees it."""
    library = _loaded()
    article = library.articles.get(article_id)
    if article is None:
        near = ", ".join(find(library, article_id.replace("-", " "), 3)) or "none"
        err.print(f"There is no article {article_id!r}. Near: {near}.")
        raise typer.Exit(1)
    day = on.date() if on else today()
    answer = compose(article, library, Profile(town, country), day)
    out.print(f"{article.title}  [{answer.outcome}]", style="bold", markup=False)
    out.print(answer.text, markup=False)
    for source in answer.sources:
        out.print(f"\n{source.title} ({source.publisher}), checked on {source.checked_on}\n{source.url}", markup=False)
    for fact, reason in answer.withheld.items():
        out.print(f"left out: {fact} ({reason})", style="yellow", markup=False)


@app.command()
def search(text: str) -> None:
    """Find articles by words."""
    library = _loaded()
    table = Table("article", "topic", "title", box=None)
    for key in find(library, text):
        article = library.articles[key]
        table.add_row(article.id, article.topic.value, article.title)
    out.print(table if table.row_count else "Nothing found.")


@app.command("compile")
def compile_(target: Path) -> None:
    """Write what the bot may know to a file."""
    written = compiled.write(_loaded(), target)
    out.print(f"{target} {'written' if written else 'is current'}", markup=False)


if __name__ == "__main__":
    app()

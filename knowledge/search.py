"""Full-text search over articles with SQLite's FTS5, for editors and agents (not the bot's understanding)."""

from __future__ import annotations

import re
import sqlite3

from knowledge.library import Library


def search(library: Library, text: str, limit: int = 10) -> list[str]:
    """Ids of the articles that match best; any of the words may match, the rarest weigh most (BM25)."""
    words = re.findall(r"\w+", text)
    if not words:
        return []
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE VIRTUAL TABLE a USING fts5(id UNINDEXED, title, answer, questions, tokenize='porter')")
        database.executemany(
            "INSERT INTO a VALUES (?, ?, ?, ?)",
            [
                (a.id, a.title, " ".join(s.text for s in a.statements), " ".join(a.questions))
                for a in library.articles.values()
            ],
        )
        query = " OR ".join(f'"{word}"' for word in words)
        rows = database.execute(
            "SELECT id FROM a WHERE a MATCH ? ORDER BY bm25(a, 0, 4, 1, 2) LIMIT ?", (query, limit)
        ).fetchall()
    return [str(row[0]) for row in rows]

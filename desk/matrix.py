"""Who may do what, as a table for people: made from `desk.permissions`, so that the document never says otherwise."""

from __future__ import annotations

from pathlib import Path

from desk.permissions import Action, Reach, reach
from dossiers.models import Role

DOCUMENT = Path(__file__).parent.parent / "docs" / "accounts.md"
BEGIN, END = "<!-- the table of permissions: python -m desk matrix --write -->", "<!-- end of the table -->"
WORDS = {
    Action.OWN_ACCOUNT: "my account: name, password, second factor, sessions",
    Action.QUEUE_SEE: "see the queue",
    Action.CONVERSATION_READ: "read conversations",
    Action.CONVERSATION_SPEAK: "take conversations and answer",
    Action.CONVERSATION_ASSIGN: "assign and transfer conversations",
    Action.NOTE_WRITE: "write notes for colleagues",
    Action.CANNED_EDIT: "write prepared answers for all",
    Action.TASK_EDIT: "keep follow-up tasks",
    Action.FAILURES_HANDLE: "deal with messages that were set aside",
    Action.DOSSIER_READ: "read and search dossiers",
    Action.DOSSIER_EDIT: "change dossiers",
    Action.DOSSIER_MERGE: "merge two dossiers of one person",
    Action.DOCUMENT_READ: "open documents that people sent",
    Action.KNOWLEDGE_READ: "read the knowledge and what needs a look in it",
    Action.KNOWLEDGE_EDIT: "change the knowledge",
    Action.KNOWLEDGE_SUGGEST: "suggest an answer for the knowledge",
    Action.TEAMS_EDIT: "make teams, and say who is in them",
    Action.HOURS_EDIT: "set the office hours",
    Action.ACCOUNTS_EDIT: "make accounts, give roles, lock somebody out",
    Action.TALENT_SEARCH: "search profiles whose person agreed to it",
    Action.REGISTER_SEE: "see the register of processing",
    Action.AUDIT_SEE: "see the audit log",
    Action.RETENTION_RUN: "let old data be deleted",
    Action.RIGHTS_HANDLE: "carry out people's rights: erase, receipts",
}
REACHES = {Reach.EVERYWHERE: "yes", Reach.OWN_TEAMS: "own teams", Reach.NOWHERE: "–"}


def table() -> str:
    """The table in Markdown: a row an action, a column a role."""
    roles = list(Role)
    titles = ["", *(role.replace("_", " ") for role in roles)]
    rows = [
        [WORDS.get(action, action.replace("_", " ")), *(REACHES[reach([role], action)] for role in roles)]
        for action in Action
    ]
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def put_into(text: str) -> str:
    """A document with the table of today between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"

"""What people may type after a slash, and what each stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.incoming import Incoming
from channels.resume import codes
from dossiers.models import Kind

START = "start"
_FORM = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,64})(?:@[A-Za-z0-9_]+)?(?:\s+(?P<rest>.*))?", re.DOTALL)
# What the bot is told, as a payload of its own.
TOLD = {"plan": "/show_plan", "person": "/human", "mydata": "/my_data", "help": "/help"}
KINDS = {"stop": Kind.STOP, "code": Kind.CODE}
# Those in the menu of the app, in this order; the wording's keys are made from the names.
IN_MENU = ("plan", "person", "mydata", "code", "help", "stop")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a command stands for. ``code``: to go on with an earlier conversation."""

    incoming: Incoming
    code: str | None = None


def understood(external_id: str, text: str) -> Meant | None:
    """What a text with a slash in front stands for; None when it is no command.

    A command that does not exist is read as its words: people put a slash before anything.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    name, rest = match["name"].lower(), (match["rest"] or "").strip()
    if name == START:
        code = _code(rest)
        return Meant(Incoming(external_id, "" if code else "/start", Kind.COMMAND, command="/greet"), code)
    typed = f"/{name} {rest}".strip()
    if name in KINDS:
        return Meant(Incoming(external_id, typed, KINDS[name]))
    if name in TOLD:
        return Meant(Incoming(external_id, typed, Kind.COMMAND, command=TOLD[name]))
    words = f"{match['name'].replace('_', ' ').strip()} {rest}".strip()
    return Meant(Incoming(external_id, words, Kind.TEXT if words else Kind.OTHER))


def _code(parameter: str) -> str | None:
    """The code that a link brings along; None for everything else, such as the topic of a page."""
    signs = codes.found_in(parameter) or codes.normal(parameter)
    return signs if signs is not None and any(sign.isdigit() for sign in signs) else None

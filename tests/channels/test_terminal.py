"""What the conversation in a terminal prints."""

from __future__ import annotations

import io
import json

import httpx
from rich.console import Console

from channels.terminal import TerminalChat

SOURCE = {"title": "Moving [here]", "url": "https://x.example", "publisher": "Town", "checked_on": "2026-11-20"}
STEP = {
    "title": "Register", "state": "now", "late": True, "when": "the last day was Monday", "waits_for": [],
    "reason": "Within eight days.", "sources": [SOURCE],
}  # fmt: skip
WAITING = {**STEP, "title": "Collect the card", "state": "blocked", "late": False, "when": "", "reason": "",
           "waits_for": ["Register", "Be at home"], "sources": []}  # fmt: skip
MESSAGE = {
    "id": 1, "sender": "bot", "agent": None, "text": "Two things. [Your plan](https://what-now.example/plan/a.b)",
    "sources": [], "options": [{"title": "Done", "payload": "/x"}],
}  # fmt: skip


def printed(message: dict[str, object]) -> str:
    """What the terminal shows of one message."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(201, json={"id": "c", "token": "t"})
        return httpx.Response(200, content=json.dumps({"messages": [message], "speaker": "bot"}))

    out = io.StringIO()
    with httpx.Client(base_url="http://app", transport=httpx.MockTransport(answer)) as client:
        TerminalChat(client, Console(file=out, soft_wrap=True)).show_new()
    return out.getvalue()


def test_a_plan_is_printed_step_by_step():
    assert printed({**MESSAGE, "plan": [STEP, WAITING]}).splitlines() == [
        "",
        "Assistant",
        "Two things. Your plan: https://what-now.example/plan/a.b",
        "  - late, to do now: Register, the last day was Monday",
        "    Within eight days.",
        "    Moving [here] (Town), checked on 2026-11-20: https://x.example",
        "  - waiting: Collect the card",
        "    waits for Register, Be at home",
        "  1 Done",
    ]


def test_a_message_without_a_plan_is_printed_as_ever():
    assert printed({**MESSAGE, "text": "Hello [you]", "sources": [SOURCE], "options": []}).splitlines() == [
        "",
        "Assistant",
        "Hello [you]",
        "  Moving [here] (Town), checked on 2026-11-20: https://x.example",
    ]

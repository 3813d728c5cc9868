"""A message with a plan, as an agent sees it."""

from __future__ import annotations

import re

import pytest

from desk.formats import rich
from dossiers.models import Sender
from tests.desk.test_conversation import SOURCE

STEP = {
    "step": "register",
    "title": "Register <at> the town hall",
    "state": "now",
    "late": True,
    "by": "2026-11-09",
    "when": "the last day was Monday 9 November 2026",
    "reason": "Within eight working days.",
    "waits_for": [],
    "facts": ["register-deadline"],
    "sources": [SOURCE, {**SOURCE, "url": "javascript:alert(1)"}],
}
WAITING = {
    **STEP, "title": "Collect the card", "state": "blocked", "late": False, "by": None, "when": "", "reason": "",
    "waits_for": ["Register", "Be at home"], "sources": [],
}  # fmt: skip
BARE = {"title": "Buy a bike", "state": "later"}


def test_the_steps_stand_below_the_text(world):
    world.agent()
    mia = world.logged_in()
    conversation_id, _ = world.conversation("What is my plan?", queued=False)
    world.says(conversation_id, "Two things matter.", Sender.BOT, outcome="planned", plan=[STEP, WAITING, BARE])
    page = mia.get(f"/desk/conversations/{conversation_id}").text
    steps = re.search(r'<ol class="plan.*?</ol>', page, re.DOTALL)
    assert steps is not None
    words = " ".join(re.sub(r"<[^>]+>", "", steps.group()).split())
    assert words == (
        "late to do now Register &lt;at&gt; the town hall, the last day was Monday 9 November 2026 "
        "Why: Register &lt;at&gt; the town hall Within eight working days. "
        "Rental deposit (opens a new tab), Flanders, checked on 2026-11-01 "
        "waiting Collect the card Why: Collect the card Waits for: Register · Be at home later Buy a bike"
    )
    assert "javascript:" not in page
    assert "Outcome: planned" in page


def test_a_message_without_a_plan_has_no_list(world):
    world.agent()
    mia = world.logged_in()
    conversation_id, _ = world.conversation(queued=False)
    world.says(conversation_id, "Hello", Sender.BOT)
    assert 'class="plan' not in mia.get(f"/desk/conversations/{conversation_id}").text


@pytest.mark.parametrize(
    "address", ["https://plan.example/plan/a.B-1.c_2", "http://x:1/chat/plan/a.B-1.c_2", "/plan/a.B-1.c_2"]
)
def test_a_link_to_a_plan_stays_on_this_server(address):
    link = '<a href="/plan/a.B-1.c_2" target="_blank" rel="noopener noreferrer">Your plan<span'
    assert link in rich(f"Open [Your plan]({address}) here")


@pytest.mark.parametrize(
    "address", ["https://x.example/", "javascript:/plan/a", "https://x.example/plan/..", '/plan/a"b', "/plan/a/b"]
)
def test_there_are_no_other_links(address):
    assert "<a" not in rich(f"[words]({address})")
    assert "<b>" not in rich(f"[<b>]({address})")


def test_the_link_to_somebodys_data_is_not_for_colleagues():
    shown = str(rich("[Open my data page](https://x.example/mydata/aB.x-_9.Zk)"))
    assert "Open my data page" in shown
    assert "mydata" not in shown

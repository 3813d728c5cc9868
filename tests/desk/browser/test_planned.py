"""A message with a plan in the conversation: axe, narrow and wide, light and dark, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from dossiers.models import Sender
from tests.browsers import two_looks
from tests.desk.browser.test_accessibility import check
from tests.desk.test_planned import BARE, STEP, WAITING

pytestmark = pytest.mark.browser


@two_looks
def test_the_steps_pass_axe_and_fit(world, window, scheme, size):
    conversation_id, _ = world.conversation("What is my plan?", queued=False)
    text = "Two things matter now. [Open the whole plan](https://elsewhere.example/plan/a.b.c)"
    world.says(conversation_id, text, Sender.BOT, outcome="planned", plan=[STEP, WAITING, BARE])
    page = window(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("link", name="Open the whole plan").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Within eight working days.")).to_be_visible()
    check(page, None, f"planned-{scheme}-{size[0]}")

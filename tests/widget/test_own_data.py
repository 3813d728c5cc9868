"""One's own data and the end of the chat, in the menu at any moment."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.axe import findings
from tests.widget.conftest import Open, Widget
from tests.widget.stub_server import Stub, site

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(stub: Stub, visit: Open) -> Widget:
    """The chat of a municipality with one language and no other app."""
    stub.site = site(languages=["en"])
    return visit()


def to_my_data(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    stub.give_floor(widget.conversation(), "agent", "An")
    widget.button("Menu").click()
    widget.button("See or erase my data, or end this chat").click()


def test_the_menu_leads_to_the_data_page_also_while_a_colleague_writes(plain: Widget, stub: Stub) -> None:
    to_my_data(plain, stub)
    expect(plain.dialog.get_by_role("heading", name="Your data")).to_be_focused()
    link = plain.dialog.get_by_role("link", name="Open my data page")
    expect(link).to_have_attribute("href", f"{stub.url}/mydata/{plain.conversation().id}.signed")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert findings(plain.page) == []


def test_the_chat_ends_after_a_question_with_a_receipt_and_a_new_one_can_begin(plain: Widget, stub: Stub) -> None:
    to_my_data(plain, stub)
    plain.button("End this chat").click()
    plain.button("No, go on").click()
    assert not plain.conversation().gone
    plain.button("End this chat").click()
    plain.button("Yes, end it").click()
    expect(plain.dialog.get_by_role("heading", name="This chat has ended")).to_be_visible()
    expect(plain.dialog).to_contain_text("K7QF-93MX-2WTP-A4ND")
    assert findings(plain.page) == []
    plain.dialog.locator(".back").click()
    plain.button("Back to the chat").click()
    expect(plain.button("Start a new chat")).to_be_visible()

"""Nothing lost and nothing doubled when the server, the line or a proxy misbehaves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import Open, Widget, wait_for
from tests.widget.stub_server import Stub

pytestmark = pytest.mark.browser


def test_a_lost_answer_is_sent_again_and_not_doubled(widget: Widget, stub: Stub) -> None:
    stub.faults.lose_answers = 2
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    wait_for(widget.page, lambda: sum("POST" in r and "/messages" in r for r in stub.requests) >= 3)
    expect(widget.log.locator(".pending")).to_have_count(0)
    widget.shows("How do I register?")
    widget.page.reload()
    widget.open()
    widget.shows("Register at the town hall soon")
    assert stub.said("person") == ["How do I register?"]
    assert len(stub.said("bot")) == 1


def test_a_slow_acknowledgement_shows_nothing_twice(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    stub.faults.slow_sends, stub.faults.thinking = 1.5, 0.1
    widget.ask("How do I register?")
    widget.shows("Register at the town hall soon")
    widget.shows("How do I register?")
    stub.faults.slow_sends = 0
    widget.page.wait_for_timeout(1800)
    widget.shows("How do I register?")
    expect(widget.thinking).to_have_count(0)


def test_a_failing_server_is_asked_again(widget: Widget, stub: Stub) -> None:
    stub.faults.fail_sends = 2
    widget.open().ask("How do I register?")
    expect(widget.log).to_contain_text("Not sent, trying again")
    widget.shows("Register at the town hall soon")
    expect(widget.log).not_to_contain_text("Not sent")
    assert stub.said("person") == ["How do I register?"]


def test_a_restart_of_the_server_is_survived(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    stub.stop()
    widget.ask("Are you there?")
    expect(widget.log).to_contain_text("Not sent, trying again")
    expect(widget.warning).to_contain_text("Sorry, we cannot reach the assistant right now.")
    widget.ask("And now?")
    stub.start()
    widget.button("Try now").click()
    widget.shows("You asked: Are you there?")
    widget.shows("You asked: And now?")
    expect(widget.warning).to_be_hidden()
    assert stub.said("person") == ["Hello", "Are you there?", "And now?"]
    stub.say(widget.conversation(), "agent", "I am live again")
    widget.shows("I am live again")


def test_a_stream_that_breaks_is_resumed_without_a_gap(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    stub.stop()
    for number in range(3):
        stub.say(widget.conversation(), "agent", f"While away {number}.")
    stub.start()
    for number in range(3):
        widget.shows(f"While away {number}.")
    expect(widget.messages).to_have_count(5)


def test_what_was_not_sent_is_kept_over_a_reload(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    stub.faults.fail_sends = 1000
    widget.ask("Do not lose me")
    expect(widget.log).to_contain_text("Not sent, trying again")
    widget.page.reload()
    stub.faults.fail_sends = 0
    wait_for(widget.page, lambda: "Do not lose me" in stub.said("person"))
    widget.open()
    widget.shows("You asked: Do not lose me")
    assert stub.said("person") == ["Hello", "Do not lose me"]


def test_a_first_message_written_offline_is_sent_later(widget: Widget, stub: Stub) -> None:
    widget.open()
    widget.page.context.set_offline(True)
    widget.ask("Written on the train")
    expect(widget.log).to_contain_text("Not sent, trying again")
    widget.page.context.set_offline(False)
    widget.shows("You asked: Written on the train")
    assert stub.said("person") == ["Written on the train"]


def test_a_refusal_is_shown_in_the_servers_words(widget: Widget, stub: Stub) -> None:
    stub.faults.refuse_sends = 1
    widget.open().ask("Far too long")
    expect(widget.log).to_contain_text("Not sent. That is too much at once. Please send a shorter message.")
    expect(widget.thinking).to_have_count(0)
    widget.button("Change and send again").click()
    expect(widget.input).to_have_value("Far too long")
    expect(widget.input).to_be_focused()
    widget.ask("Shorter")
    widget.shows("You asked: Shorter")
    assert stub.said("person") == ["Shorter"]


@pytest.mark.parametrize("moment", ["while open", "on the next page"])
def test_a_chat_that_ended_says_so_and_offers_a_new_one(widget: Widget, stub: Stub, moment: str) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    widget.conversation().gone = True
    if moment == "while open":
        widget.ask("Are you still there?")
    else:
        widget.page.reload()
        widget.open()
    expect(widget.warning).to_contain_text("This chat has ended")
    if moment == "while open":
        expect(widget.button("Start a new chat")).to_be_focused()
    before = len(stub.requests)
    widget.page.wait_for_timeout(1200)
    assert len(stub.requests) - before <= 1
    widget.button("Start a new chat").click()
    expect(widget.input).to_have_value("Are you still there?" if moment == "while open" else "")
    widget.ask("A new start")
    widget.shows("You asked: A new start")
    assert len(stub.conversations) == 2


@pytest.mark.slow
def test_it_asks_again_where_streams_are_forbidden(widget: Widget, stub: Stub) -> None:
    stub.faults.no_streams = True
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    widget.page.wait_for_timeout(5000)
    stub.say(widget.conversation(), "agent", "By asking again")
    widget.shows("By asking again")
    expect(widget.warning).to_be_hidden()


@pytest.mark.slow
def test_an_answer_comes_through_a_proxy_that_holds_streams_back(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    stub.faults.held_streams = True
    widget.ask("How do I register?")
    widget.shows("Register at the town hall soon")


@pytest.mark.slow
def test_a_stream_without_a_first_word_is_left_for_asking_again(widget: Widget, stub: Stub) -> None:
    """What a colleague writes arrives too, although nothing is owed for which the chat would ask sooner."""
    stub.faults.mute_streams = True
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    wait_for(widget.page, lambda: sum("/messages" in r and "GET" in r for r in stub.requests) >= 3, seconds=20)
    stub.say(widget.conversation(), "agent", "Through the proxy")
    widget.shows("Through the proxy")
    assert sum("/events" in request for request in stub.requests) == 1
    expect(widget.warning).to_be_hidden()


def test_the_server_is_on_another_origin(stub: Stub, visit: Open) -> None:
    """127.0.0.1 and localhost are different origins to a browser."""
    page = stub.page(
        "/test/other", f'<!doctype html><title>Town</title><script src="{stub.url}/widget.js" async></script>'
    )
    widget = visit(page.replace("127.0.0.1", "localhost"))
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")

from collections.abc import Iterator

import httpx
import pytest
import respx

from bench.script import Turn
from bench.turns import IN_A_ROW, BrokeOff, Webhook, Widget, talk
from tests.widget.stub_server import Stub

ASK = Turn("question", "How do I register?")
URL = "http://127.0.0.1:9/webhooks/rest/webhook"


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    server.faults.thinking = 0.05
    server.start()
    yield server
    server.stop()


def test_a_turn_lasts_until_the_reply_is_there(stub: Stub):
    first, second = talk(Widget(stub.url), [ASK, Turn("small talk", "thanks")])
    assert (first.kind, first.outcome) == ("question", "answered")
    assert first.seconds is not None
    assert 0.05 <= first.seconds < 2
    assert (second.kind, second.why) == ("small talk", "")
    assert second.seconds is not None
    assert stub.said("person") == [ASK.text, "thanks"]


def test_a_button_is_sent_as_one(stub: Stub):
    button = Turn("button", '/ask{"article": "register-cost"}')
    _, reply = talk(Widget(stub.url), [ASK, button])
    assert reply.seconds is not None
    assert stub.said("person")[1] == "What does it cost?"


def test_the_first_button_of_the_last_reply_can_be_pressed(stub: Stub):
    press = Turn("button", "I would say this", first_offered=True)
    replies = talk(Widget(stub.url), [press, ASK, press])
    assert all(reply.seconds is not None for reply in replies)
    assert stub.said("person") == ["I would say this", ASK.text, "What does it cost?"]


def test_a_button_that_was_not_offered_is_a_failed_turn(stub: Stub):
    (reply,) = talk(Widget(stub.url), [Turn("button", "/ask")])
    assert reply.seconds is None
    assert "not_offered" in reply.why


def test_an_apology_is_a_failed_turn(stub: Stub):
    stub.bot = lambda text: [{"text": "Something went wrong.", "outcome": "failed"}]
    (reply,) = talk(Widget(stub.url), [ASK])
    assert (reply.seconds, reply.outcome) == (None, "failed")


def test_no_reply_is_a_failed_turn(stub: Stub):
    stub.bot = lambda text: []
    (reply,) = talk(Widget(stub.url, patience=0.5), [ASK])
    assert (reply.seconds, reply.outcome) == (None, "no answer")


def test_a_conversation_that_cannot_start_is_an_error():
    with pytest.raises(httpx.HTTPError):
        talk(Widget("http://127.0.0.1:9", patience=1), [ASK])


@respx.mock
def test_stock_rasa_is_asked_over_its_rest_channel():
    route = respx.post(URL).respond(json=[{"text": "At the town hall."}, {"text": "More"}])
    (reply,) = talk(Webhook(URL, lambda text: "answered" if "hall" in text else "other"), [ASK])
    assert reply.seconds is not None
    assert reply.outcome == "answered"
    assert b"How do I register?" in route.calls.last.request.content


@respx.mock
@pytest.mark.parametrize("answer", [httpx.Response(200, json=[]), httpx.Response(500), httpx.Response(200, text="?")])
def test_an_empty_reply_and_an_error_are_failed_turns(answer: httpx.Response):
    respx.post(URL).mock(return_value=answer)
    (reply,) = talk(Webhook(URL, lambda _: "other"), [ASK])
    assert reply.seconds is None
    assert reply.why


@respx.mock
def test_a_conversation_in_which_everything_fails_is_broken_off():
    route = respx.post(URL).respond(500)
    with pytest.raises(BrokeOff, match="turns failed one after the other"):
        talk(Webhook(URL, lambda _: "other"), [ASK] * 100)
    assert route.call_count == IN_A_ROW


@respx.mock
def test_stock_rasa_gets_the_button_that_it_offered():
    buttons = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]
    route = respx.post(URL).respond(json=[{"text": "By the way."}, {"text": "Agreed?", "buttons": buttons}])
    talk(Webhook(URL, lambda _: "other"), [ASK, Turn("button", "yes", first_offered=True)])
    assert b'"message":"/affirm"' in route.calls.last.request.content


@respx.mock
def test_buttons_of_an_earlier_message_are_not_pressed():
    person = [{"title": "Talk to a person", "payload": "/human"}]
    route = respx.post(URL).respond(json=[{"text": "Answer", "buttons": person}, {"text": "Where do you live?"}])
    talk(Webhook(URL, lambda _: "other"), [ASK, Turn("dossier", "Ghent", first_offered=True)])
    assert b'"message":"Ghent"' in route.calls.last.request.content

"""An approved template for somebody who has not written for 24 hours: choose it, fill it in, see it, send it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from dossiers.models import OutboxState, Sender
from knowledge import templates

ANSWER = templates.get("colleague-answer")
STEP = templates.get("next-step")
AGREED_ONLY = next(one for one in templates.templates() if one.needs_agreement)
LONG_AGO = dt.timedelta(hours=30)
ID = "a" * 16


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


@pytest.fixture
def silent(world) -> str:
    """Somebody on WhatsApp who has not written for 30 hours."""
    return world.on("whatsapp", heard=LONG_AGO)


def page_of(conversation_id: str) -> str:
    return f"/desk/conversations/{conversation_id}"


def take(mia, conversation_id: str) -> None:
    mia.get(page_of(conversation_id))
    mia.post(f"{page_of(conversation_id)}/take")


def post(mia, conversation_id: str, action: str, template=ANSWER, **values: str):
    named = {f"value-{key}": value for key, value in values.items()}
    fields = {"client_id": ID, **named, "template": template.id, "action": action}
    mia.get(page_of(conversation_id))
    return mia.post(f"{page_of(conversation_id)}/template", **fields)


def links(page: str) -> set[str]:
    return set(re.findall(r'\?template=([a-z-]+)"', page))


def test_templates_are_offered_to_who_has_the_floor_when_the_window_is_closed(world, mia, silent):
    assert links(mia.get(page_of(silent)).text) == set()
    take(mia, silent)
    free = {one.id for one in templates.templates() if not one.needs_agreement}
    assert links(mia.get(page_of(silent)).text) == free
    world.address(silent, heard_at=world.clock())
    assert links(mia.get(page_of(silent)).text) == set()


def test_a_template_that_needs_agreement_is_offered_only_to_who_agreed(world, mia, silent):
    take(mia, silent)
    page = mia.get(page_of(silent)).text
    assert AGREED_ONLY.id not in links(page)
    assert "only for people who agreed" in page
    world.address(silent, agreed_at=world.clock())
    page = mia.get(page_of(silent)).text
    assert links(page) == {one.id for one in templates.templates()}
    assert "only for people who agreed" not in page


def test_a_chosen_template_shows_its_text_and_a_field_for_each_gap(mia, silent):
    take(mia, silent)
    page = mia.get(page_of(silent), params={"template": STEP.id}).text
    for field in STEP.fields:
        assert f'<label for="value-{field.key}">{field.label}</label>' in page
        assert f'maxlength="{field.longest}"' in page
        assert f"[{field.label}]" in page
        assert field.example in page
    assert "This is what the person will read" not in page


def test_the_text_is_seen_before_it_goes_and_nothing_is_sent_by_seeing_it(world, mia, silent):
    take(mia, silent)
    answer = post(mia, silent, "see", subject="your <lease>")
    assert answer.status_code == 200
    assert "This is what the person will read" in answer.text
    assert "your question about your &lt;lease&gt;. Please write back" in answer.text
    assert f'name="client_id" value="{ID}"' in answer.text
    assert world.texts(silent, Sender.AGENT) == []


def test_what_cannot_be_filled_in_is_said_and_stays_typed(world, mia, silent):
    take(mia, silent)
    for action in ("see", "send"):
        answer = post(mia, silent, action, STEP, step="an appointment", when="x" * 161)
        assert answer.status_code == 422
        assert "“When and where” is too long: at most 160 characters, now 161." in answer.text
        assert 'value="an appointment"' in answer.text
        assert "Send this text" not in answer.text
    assert "Please fill in “What is ready”." in post(mia, silent, "send", STEP, when="now").text
    assert world.texts(silent, Sender.AGENT) == []


def test_a_template_is_sent_with_its_text_in_the_conversation_and_its_values_in_the_outbox(world, mia, silent):
    take(mia, silent)
    answer = post(mia, silent, "send", STEP, step=" a lunch ", when="today")
    assert (answer.status_code, answer.headers["location"]) == (303, page_of(silent))
    assert world.texts(silent, Sender.AGENT) == [templates.fill(STEP, {"step": "a lunch", "when": "today"})]
    item = world.outbox(silent)[-1]
    assert item.template == {"name": STEP.name, "language": STEP.language, "values": ["a lunch", "today"]}
    assert item.state == OutboxState.QUEUED
    assert "WhatsApp: waiting to be sent" in mia.get(page_of(silent)).text


def test_sending_twice_sends_once_and_changed_words_are_not_lost(world, mia, silent):
    take(mia, silent)
    for _ in range(2):
        assert post(mia, silent, "send", subject="the deposit").status_code == 303
    changed = post(mia, silent, "send", subject="the lease")
    assert changed.status_code == 409
    assert "An earlier version" in changed.text
    assert 'value="the lease"' in changed.text
    assert f'name="client_id" value="{ID}"' not in changed.text
    assert len(world.texts(silent, Sender.AGENT)) == 1


def test_without_the_floor_nothing_can_be_sent(world, mia, silent):
    world.agent("tom", "Tom De Wit")
    tom = world.logged_in("tom")
    take(tom, silent)
    seen = post(mia, silent, "see", subject="the deposit").text
    assert "Send this text" not in seen
    answer = post(mia, silent, "send", subject="the deposit")
    assert answer.status_code == 409
    assert "This conversation is with Tom De Wit now." in answer.text
    assert world.texts(silent, Sender.AGENT) == []


def test_a_template_that_needs_agreement_cannot_be_sent_without_it(world, mia, silent):
    take(mia, silent)
    values = {field.key: field.example for field in AGREED_ONLY.fields}
    assert "only for people who agreed" in mia.get(page_of(silent), params={"template": AGREED_ONLY.id}).text
    answer = post(mia, silent, "send", AGREED_ONLY, **values)
    assert answer.status_code == 409
    assert "only for people who agreed to be written to first" in answer.text
    assert world.texts(silent, Sender.AGENT) == []
    world.address(silent, agreed_at=world.clock())
    assert post(mia, silent, "send", AGREED_ONLY, **values).status_code == 303


@pytest.mark.parametrize("where", ["web", "telegram", "stopped"])
def test_where_no_template_goes_none_is_accepted(world, mia, where):
    if where == "web":
        conversation_id, _ = world.conversation()
    elif where == "telegram":
        conversation_id = world.on("telegram")
    else:
        conversation_id = world.on("whatsapp", heard=LONG_AGO, stopped_at=world.clock())
    take(mia, conversation_id)
    assert links(mia.get(page_of(conversation_id)).text) == set()
    assert post(mia, conversation_id, "send", subject="the deposit").status_code == 409
    assert world.texts(conversation_id, Sender.AGENT) == []


def test_a_template_that_does_not_exist_and_an_identity_that_cannot_be_are_refused(mia, silent):
    take(mia, silent)
    assert mia.get(page_of(silent), params={"template": "nothing-like-this"}).status_code == 200
    for wrong in ({"template": "nothing-like-this"}, {"client_id": "<>"}, {"client_id": ""}):
        fields = {"template": ANSWER.id, "client_id": ID, "value-subject": "x", "action": "send", **wrong}
        assert mia.post(f"{page_of(silent)}/template", **fields).status_code == 422


def test_a_template_is_not_sent_without_the_token_of_the_page(world, mia, silent):
    take(mia, silent)
    fields = {"template": ANSWER.id, "client_id": ID, "value-subject": "x", "action": "send"}
    answer = mia.http.post(f"{page_of(silent)}/template", data={**fields, "csrf_token": "x" * 43})
    assert answer.status_code == 403
    assert world.texts(silent, Sender.AGENT) == []


def test_the_template_form_and_the_answer_never_share_an_identity(mia, silent):
    take(mia, silent)
    page = mia.get(page_of(silent), params={"template": ANSWER.id}).text
    ids = re.findall(r'name="client_id" value="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == 2

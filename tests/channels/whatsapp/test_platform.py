"""Sending over the Cloud API: what is taken, and what each refusal means."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from channels.outbox import WINDOW_CLOSED
from channels.platform import Later, Outgoing, Part, Refused, Taken, Unknown
from channels.whatsapp import platform as module
from channels.whatsapp.brake import LONGEST, Brake
from channels.whatsapp.platform import WhatsAppPlatform
from knowledge import templates
from tests.channels.whatsapp.conftest import NUMBER, SAM, TOKEN, delivery
from tests.channels.whatsapp.limits import refusal
from tests.conftest import MOMENT
from tests.platforms.whatsapp import Fault, Graph, serving
from tests.servers import free_port


class Meta:
    """The stand-in, its address, and the receipts it brought."""

    def __init__(self) -> None:
        self.receipts: list[dict[str, Any]] = []
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._brought))
        self.graph = Graph(webhook="http://app/", http=http, token=TOKEN, phone_number_id=NUMBER, pace=0.0)
        self.api = ""

    def _brought(self, request: httpx.Request) -> httpx.Response:
        value = json.loads(request.content)["entry"][0]["changes"][0]["value"]
        self.receipts += value.get("statuses", [])
        return httpx.Response(200)

    def platform(self, **given: Any) -> WhatsAppPlatform:
        return WhatsAppPlatform(**{"token": TOKEN, "phone_number_id": NUMBER, "api": self.api} | given)

    def fails(self, *faults: Fault) -> None:
        self.graph.trouble.answers = list(faults)

    def texts(self, address: str = SAM) -> list[str]:
        return [seen.text for seen in self.graph.people[address].seen if seen.by == "us"]


@pytest.fixture
async def meta() -> AsyncIterator[Meta]:
    """The stand-in, to which Sam has just written."""
    made = Meta()
    async with serving(made.graph) as made.api:
        made.graph.hear(SAM, {"type": "text", "text": {"body": "hello"}})
        yield made


def text(body: str) -> Part:
    return Part("messages", {"type": "text", "text": {"body": body, "preview_url": False}})


async def sent(meta: Meta, body: str = "hello", **given: Any) -> Taken:
    platform = meta.platform(**given)
    try:
        return await platform.send(text(body), delivery())
    finally:
        await platform.close()


async def problem(meta: Meta, **given: Any) -> Exception:
    with pytest.raises((Later, Refused, Unknown)) as raised:
        await sent(meta, **given)
    return raised.value


async def test_what_is_taken_has_an_id_and_is_seen(meta: Meta) -> None:
    taken = await sent(meta, "Hello 😟")
    (seen,) = [seen for seen in meta.graph.people[SAM].seen if seen.by == "us"]
    assert (seen.wamid, seen.text, taken.number) == (taken.platform_id, "Hello 😟", None)


async def test_our_key_comes_back_in_every_receipt(meta: Meta) -> None:
    taken = await sent(meta)
    async with asyncio.timeout(5):
        while len(meta.receipts) < 3:  # noqa: ASYNC110  (nobody tells it)
            await asyncio.sleep(0.01)
    assert {(r["id"], r["biz_opaque_callback_data"]) for r in meta.receipts} == {(taken.platform_id, "1.0")}
    assert {r["status"] for r in meta.receipts} == {"sent", "delivered", "read"}


async def test_somebody_who_shows_only_a_user_name_is_written_to_by_their_id(meta: Meta) -> None:
    user = "BE.1349120865530274"
    meta.graph.hear(user, {"type": "text", "text": {"body": "hello"}})
    platform = meta.platform()
    await platform.send(text("Good morning"), delivery(address=user))
    await platform.close()
    assert meta.texts(user) == ["Good morning"]


@pytest.mark.parametrize("code", [4, 80007, 130429, 131048])
async def test_a_limit_of_the_whole_number_holds_everybody_back(meta: Meta, code: int) -> None:
    meta.fails(Fault(status=400, code=code))
    found = await problem(meta)
    assert isinstance(found, Later)
    assert found.everybody
    assert found.seconds


async def test_a_limit_without_a_code_holds_everybody_back(meta: Meta) -> None:
    meta.fails(Fault(status=429))
    found = await problem(meta)
    assert isinstance(found, Later)
    assert found.everybody


async def test_the_limit_of_one_person_holds_back_only_them(meta: Meta) -> None:
    meta.fails(Fault(status=400, code=131056))
    found = await problem(meta)
    assert isinstance(found, Later)
    assert (found.reason, found.seconds, found.everybody) == ("rate_limit_person", None, False)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (400, 131047, WINDOW_CLOSED),
        (400, 131026, "undeliverable"),
        (400, 131051, "unsupported"),
        (400, 100, "invalid"),
        (400, 131050, "opted_out"),
        (403, 368, "policy"),
        (404, 132001, "template_unknown"),
        (400, 139999, "error_139999"),
        (400, None, "status_400"),
    ],
)
async def test_what_will_never_be_taken_says_why(meta: Meta, status: int, code: int | None, reason: str) -> None:
    meta.fails(Fault(status=status, code=code))
    found = await problem(meta)
    assert isinstance(found, Refused)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("status", "code"), [(500, None), (503, None), (500, 131000), (503, 2), (500, 131016), (400, 1)]
)
async def test_after_an_error_of_their_server_nobody_knows(meta: Meta, status: int, code: int | None) -> None:
    meta.fails(Fault(status=status, code=code))
    assert isinstance(await problem(meta), Unknown)


@pytest.mark.parametrize("code", [0, 3, 10, 131005, 131031, 131042, 133010])
async def test_what_is_wrong_with_our_account_makes_everybody_wait_and_is_reported(meta: Meta, code: int) -> None:
    meta.fails(Fault(status=403, code=code))
    with capture_logs() as lines:
        found = await problem(meta)
    assert isinstance(found, Later)
    assert found.everybody
    assert [(line["event"], line["log_level"], line["code"]) for line in lines] == [
        ("whatsapp_refuses_us", "error", code)
    ]


async def test_a_token_that_is_refused_makes_everybody_wait_and_is_reported(meta: Meta) -> None:
    with capture_logs() as lines:
        found = await problem(meta, token="stolen")
    assert isinstance(found, Later)
    assert (found.reason, found.everybody) == ("token_refused", True)
    assert [line["event"] for line in lines] == ["whatsapp_refuses_us"]
    assert "stolen" not in str(lines)


async def test_a_number_that_meta_does_not_know_loses_no_message(meta: Meta) -> None:
    found = await problem(meta, phone_number_id="1")
    assert isinstance(found, Later)
    assert (found.reason, found.everybody) == ("number_unknown", True)


async def test_a_wrong_address_of_the_api_loses_no_message(meta: Meta) -> None:
    found = await problem(meta, api=f"{meta.api}/elsewhere")
    assert isinstance(found, Later)
    assert found.everybody


async def test_a_connection_that_was_never_made_sent_nothing(meta: Meta) -> None:
    found = await problem(meta, api=f"http://127.0.0.1:{free_port()}")
    assert isinstance(found, Later)
    assert (found.reason, found.everybody) == ("no_connection", False)


@pytest.mark.parametrize("taken", [True, False])
async def test_a_connection_that_broke_leaves_it_open_whether_it_was_taken(meta: Meta, taken: bool) -> None:
    meta.fails(Fault(drop=True, taken=taken))
    assert isinstance(await problem(meta), Unknown)
    assert len(meta.texts()) == taken


async def test_an_answer_that_does_not_come_leaves_it_open(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", httpx.Timeout(0.1))
    meta.fails(Fault(delay=1.0))
    assert isinstance(await problem(meta), Unknown)


async def test_an_answer_without_an_id_leaves_it_open(meta: Meta) -> None:
    meta.fails(Fault(status=200))
    assert isinstance(await problem(meta), Unknown)


async def test_nothing_is_found_by_asking_and_nothing_shown_while_typing(meta: Meta) -> None:
    platform = meta.platform(look_after=3.0)
    assert await platform.find(text("hello"), delivery()) is None
    await platform.typing(SAM)
    assert (platform.name, platform.look_after) == ("whatsapp", 3.0)
    assert meta.texts() == []
    await platform.close()


@pytest.mark.parametrize(("hours", "is_open"), [(0.0, True), (23.99, True), (24.0, False), (400.0, False)])
async def test_free_text_is_allowed_for_24_hours(meta: Meta, hours: float, is_open: bool) -> None:
    platform = meta.platform()
    assert platform.window_open(MOMENT, MOMENT + dt.timedelta(hours=hours)) is is_open
    await platform.close()


def outgoing(**given: Any) -> Outgoing:
    return Outgoing(message_id=7, text="How do you come?", **given)


async def test_a_rendered_message_with_options_is_taken(meta: Meta) -> None:
    options = [{"title": title, "payload": f"/x{title}"} for title in ("By tram", "By bike", "On foot")]
    platform = meta.platform()
    for place, part in enumerate(platform.render(outgoing(options=options))):
        await platform.send(part, delivery(f"1.{place}"))
    await platform.close()
    offered = [option for seen in meta.graph.people[SAM].seen for option in seen.options]
    assert [option["title"] for option in offered] == ["By tram", "By bike", "On foot"]
    assert [option["id"] for option in offered] == ["m7:0", "m7:1", "m7:2"]


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=6000), st.lists(st.text(max_size=90), max_size=14), st.sampled_from(["bot", "agent", "system"]))
def test_whatever_is_rendered_keeps_to_metas_limits(body: str, titles: list[str], sender: str) -> None:
    options = [{"title": title, "payload": f"/x{place}"} for place, title in enumerate(titles)]
    platform = WhatsAppPlatform(token=TOKEN, phone_number_id=NUMBER)
    for part in platform.render(Outgoing(7, body, sender=sender, agent="Amina", options=options)):
        assert refusal(part.body | {"messaging_product": "whatsapp", "to": SAM}, {}) is None


async def template(meta: Meta, **changes: Any) -> None:
    found = templates.get("next-step")
    values = {"step": "an appointment", "when": "3 December at 10:30"}
    platform = meta.platform()
    try:
        (part,) = platform.render(outgoing(template=templates.delivery(found, values) | changes))
        await platform.send(part, delivery())
    finally:
        await platform.close()


async def test_a_template_goes_out_as_it_was_approved_also_after_24_hours(meta: Meta) -> None:
    meta.graph.people[SAM].heard_at = None
    await template(meta)
    values = {"step": "an appointment", "when": "3 December at 10:30"}
    assert meta.texts() == [templates.fill(templates.get("next-step"), values)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "never_approved"}, "template_unknown"),
        ({"language": "nl"}, "template_unknown"),
        ({"values": ["one"]}, "template_values"),
        ({"values": []}, "template_values"),
        ({"values": ["one", "two\nlines"]}, "template_values"),
    ],
)
async def test_a_template_that_was_not_approved_like_this_is_refused(
    meta: Meta, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        await template(meta, **changes)
    assert refused.value.reason == reason


def test_pauses_double_while_every_try_is_refused_and_begin_anew_after_a_success() -> None:
    now = [0.0]
    brake = Brake(lambda: now[0])
    pauses = []
    for _ in range(3):
        seconds, begins = brake.pull()
        assert begins
        pauses.append(seconds)
        now[0] += seconds
    assert pauses == [2.0, 4.0, 8.0]
    brake.free()
    assert brake.pull() == (2.0, True)


def test_what_was_under_way_when_a_pause_began_does_not_change_it() -> None:
    now = [0.0]
    brake = Brake(lambda: now[0])
    brake.pull()
    now[0] = 0.5
    assert brake.pull() == (1.5, False)
    brake.free()
    now[0] = 2.0
    assert brake.pull() == (4.0, True)


def test_no_pause_is_longer_than_ten_minutes() -> None:
    now = [0.0]
    brake = Brake(lambda: now[0])
    for _ in range(2000):
        now[0] += brake.pull()[0]
    assert brake.pull()[0] == LONGEST

"""Receipts come in any order, more than once, late, or before we know the message; they only ever lead forward."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels import outbox
from channels.arrivals import Arrival
from channels.incoming import Incoming
from dossiers.models import OutboxItem, OutboxState, SentPart
from tests.channels.whatsapp.conftest import NUMBER, World

FURTHEST = ("sent", "failed", "delivered", "read")
STATES = {
    "sent": OutboxState.SENT,
    "failed": OutboxState.DEAD,
    "delivered": OutboxState.DELIVERED,
    "read": OutboxState.READ,
}


_numbers = itertools.count(32470000000)


def claimed(world: World) -> int:
    """A message of ours to somebody new, which a sender has just handed to Meta."""
    who = str(next(_numbers))
    address = world.arrivals.take(Arrival("whatsapp", who, Incoming(f"wamid.of.{who}", "hello"))).address_id
    assert address is not None
    with world.database.write() as session:
        found = outbox.claim(session, address, world.clock())
        assert found is not None
        return found[0].id


def keep(world: World, outbox_id: int, *parts: str) -> None:
    """The sender writes down what Meta answered, and is done."""
    with world.database.write() as session:
        for place, wamid in enumerate(parts):
            mark = world.sealer.mark("whatsapp", wamid)
            outbox.part_sent(session, outbox_id, place, mark, None, world.clock())
        attempt = session.get_one(OutboxItem, outbox_id).attempts
        outbox.settle(session, outbox_id, attempt, OutboxState.SENT, None, world.clock())


def payload(*told: tuple[str, str, str | None], code: int = 131026) -> Any:
    """Receipts: id, state, our key."""
    statuses = []
    for wamid, state, key in told:
        status: dict[str, Any] = {
            "id": wamid,
            "status": state,
            "timestamp": "1795426201",
            "recipient_id": "32470123456",
        }
        status |= {"biz_opaque_callback_data": key} if key else {}
        status |= {"errors": [{"code": code, "title": "Something"}]} if state == "failed" else {}
        statuses.append(status)
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}, "statuses": statuses}
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def state(world: World, outbox_id: int) -> tuple[OutboxState, str | None]:
    with world.database.read() as session:
        item = session.get_one(OutboxItem, outbox_id)
        return OutboxState(item.state), item.error


async def test_a_message_is_as_far_as_its_receipts_say(world: World) -> None:
    item = claimed(world)
    keep(world, item, "wamid.a")
    seen = []
    for step in ("sent", "delivered", "read"):
        await world.post(payload(("wamid.a", step, f"{item}.0")))
        seen.append(state(world, item)[0])
    assert seen == [OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.sampled_from(FURTHEST), min_size=1, max_size=6), late=st.integers(0, 6))
async def test_receipts_in_any_order_and_number_end_in_the_furthest_state(
    world: World, told: list[str], late: int
) -> None:
    """``late``: after how many of them the sender wrote down what Meta answered."""
    item = claimed(world)
    wamid = f"wamid.{item}"
    for place, step in enumerate(told):
        if place == late:
            keep(world, item, wamid)
        before = state(world, item)[0]
        await world.post(payload((wamid, step, f"{item}.0")))
        if place >= late:
            assert _progress(state(world, item)[0]) >= _progress(before)
    if late >= len(told):
        keep(world, item, wamid)
    assert state(world, item)[0] == STATES[max(told, key=FURTHEST.index)]


def _progress(found: OutboxState) -> int:
    return list(STATES.values()).index(found)


async def test_a_message_in_parts_is_as_far_as_its_last_part(world: World) -> None:
    item = claimed(world)
    keep(world, item, "wamid.a", "wamid.b")
    await world.post(payload(("wamid.a", "read", f"{item}.0")))
    assert state(world, item)[0] == OutboxState.SENT
    await world.post(payload(("wamid.b", "delivered", f"{item}.1")))
    assert state(world, item)[0] == OutboxState.DELIVERED


async def test_a_part_that_failed_makes_the_message_fail(world: World) -> None:
    item = claimed(world)
    keep(world, item, "wamid.a", "wamid.b")
    await world.post(payload(("wamid.b", "sent", None), ("wamid.a", "failed", None)))
    assert state(world, item) == (OutboxState.DEAD, "undeliverable")


@pytest.mark.parametrize(
    ("code", "reason"), [(131047, outbox.WINDOW_CLOSED), (131049, "too_many_marketing"), (139999, "error_139999")]
)
async def test_a_failure_is_kept_with_its_reason(world: World, code: int, reason: str) -> None:
    item = claimed(world)
    keep(world, item, "wamid.a")
    await world.post(payload(("wamid.a", "failed", f"{item}.0"), code=code))
    assert state(world, item) == (OutboxState.DEAD, reason)


async def test_a_receipt_makes_known_a_part_whose_sender_died(world: World) -> None:
    item = claimed(world)
    await world.post(payload(("wamid.lost", "delivered", f"{item}.0")))
    with world.database.read() as session:
        part = session.get_one(SentPart, (item, 0))
    assert part.state == OutboxState.DELIVERED
    assert part.platform_id == world.sealer.mark("whatsapp", "wamid.lost")


@pytest.mark.parametrize("key", [None, "", "17", "x.y", "999999.0", "1.-1", "999999999999999999999999.0", "1.0; DROP"])
async def test_receipts_of_what_we_do_not_know_change_nothing(world: World, key: str | None) -> None:
    item = claimed(world)
    answer = await world.post(payload(("wamid.foreign", "read", key)))
    assert answer.status_code == 200
    assert state(world, item)[0] == OutboxState.SENDING

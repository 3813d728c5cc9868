"""Taking along, erasing, ending: each does what it says, once, and gives a number."""

from __future__ import annotations

import datetime as dt
import json

from dossiers import conversations, handovers, plans, record
from dossiers.models import Conversation, Message, Person, Receipt, Right, Speaker
from knowledge.profile import Profile
from tests.channels.mydata.conftest import World, words


def test_looking_is_written_down_once_for_as_long_as_a_link_works(world: World) -> None:
    mine = world.person()
    path = world.path(mine)
    world.get(path)
    world.get(path)
    with world.database.read() as session:
        assert [one.kind for one in session.query(Receipt)] == [Right.VIEW]
    world.now += dt.timedelta(hours=5)
    world.get(world.path(mine))
    with world.database.read() as session:
        assert session.query(Receipt).count() == 2


def test_a_copy_as_a_file_has_everything_of_this_person_and_nothing_of_another(world: World) -> None:
    mine = world.person(first_name="Aya", said="a question of mine")
    world.person(first_name="Rolf", said="a question of his")
    answer = world.send(world.path(mine), "export", kind="json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert json.loads(answer.text)["version"] == 1
    assert "a question of mine" in answer.text
    assert "Aya" in answer.text
    assert "Rolf" not in answer.text
    assert "a question of his" not in answer.text
    assert answer.headers["X-Receipt"] == world.receipts()[0].number


def test_a_copy_to_read_shows_its_receipt(world: World) -> None:
    path = world.path(world.person(first_name="Aya", said="a question of mine"))
    page = words(world.send(path, "export", kind="page"))
    assert "a question of mine" in page
    assert world.receipts()[0].number in page


def test_erasing_everything_is_asked_first_and_then_the_link_is_dead(world: World) -> None:
    mine, other = world.person(first_name="Aya"), world.person(first_name="Rolf")
    path = world.path(mine)
    asked = world.text(f"{path}/erase")
    assert "This cannot be undone." in asked
    assert world.fields(mine) == {"first_name": "Aya"}
    done = world.send(path, "erase", what="everything")
    assert done.status_code == 200
    (receipt,) = world.receipts()
    assert receipt.kind == Right.ERASE
    assert receipt.number in words(done)
    assert receipt.person_id is None
    assert mine in world.woken
    for again in (world.get(path), world.send(path, "erase", what="everything"), world.get(f"{path}/erase")):
        assert again.status_code == 410
    with world.database.read() as session:
        assert session.query(Person).count() == 1
    assert world.fields(other) == {"first_name": "Rolf"}
    assert len(world.receipts()) == 1


def test_erasing_the_dossier_leaves_the_chat(world: World) -> None:
    mine = world.person(first_name="Aya", said="a question of mine")
    world.plan(mine, Profile(country="JP"))
    path = world.path(mine)
    done = words(world.send(path, "erase", what="dossier"))
    assert world.receipts()[0].number in done
    with world.database.read() as session:
        assert record.dossier_of(session, world.person_id(mine)) is None
        assert plans.kept(session, world.person_id(mine)) is None
        assert session.query(Message).filter_by(conversation_id=mine).count() == 1
    assert "You have no dossier." in world.text(path)
    assert world.send(path, "erase", what="dossier").status_code == 303
    assert len(world.receipts()) == 1


def test_the_chat_ends_with_its_hand_over_and_the_page_still_opens(world: World) -> None:
    mine = world.person()
    with world.database.write() as session:
        conversation = session.get_one(Conversation, mine)
        token = conversations.new_token(conversation)
        handovers.request(session, conversation, "asked", world.now)
    path = world.path(mine)
    assert "End this chat?" in world.text(f"{path}/end")
    done = words(world.send(path, "end"))
    assert world.receipts()[0].number in done
    with world.database.read() as session:
        conversation = session.get_one(Conversation, mine)
        assert (conversation.speaker, conversation.ended_at) == (Speaker.BOT, world.now)
        assert handovers.open_handover(session, mine) is None
        assert conversations.opened_by(session, mine, token) is None
    assert mine in world.woken
    assert "You ended it on 23 November 2026." in world.text(path)
    assert world.send(path, "end").status_code == 303
    assert len(world.receipts()) == 1


def test_a_receipt_of_somebody_else_is_not_shown(world: World) -> None:
    mine, other = world.person(), world.person(home_town="gent")
    world.send(world.path(other), "interest", key="buddy", wanted="yes")
    number = world.receipts()[0].number
    assert number not in world.text(f"{world.path(mine)}?receipt={number}")

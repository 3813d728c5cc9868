"""The link to one's data and the end of the chat over the web API: with the token of the conversation only."""

from __future__ import annotations

from dossiers.models import Conversation, Receipt, Speaker
from tests.channels.conftest import Service
from tests.channels.talking import Person


async def test_the_link_is_that_of_the_own_conversation_also_while_a_colleague_has_the_floor(service: Service) -> None:
    service.wire(data_link="https://data.test/{}".format)
    async with service.running() as client:
        person = await Person.arrives(client)
        with service.database.write() as session:
            session.get_one(Conversation, person.id).speaker = Speaker.AGENT
        answer = await client.post(f"/api/conversations/{person.id}/mydata", headers=person.headers)
    assert answer.json() == {"url": f"https://data.test/{person.id}"}


async def test_the_end_gives_a_receipt_and_closes_the_token(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        answer = await client.delete(f"/api/conversations/{person.id}", headers=person.headers)
        again = await client.delete(f"/api/conversations/{person.id}", headers=person.headers)
        read = await client.get(f"/api/conversations/{person.id}/messages", headers=person.headers)
    with service.database.read() as session:
        assert session.get_one(Conversation, person.id).ended_at is not None
        assert session.query(Receipt).one().number == answer.json()["receipt"]
    assert (again.status_code, read.status_code) == (404, 404)
    assert read.json()["error"]["code"] == "conversation_unknown"


async def test_nobody_else_gets_the_link_or_ends_the_chat(service: Service) -> None:
    async with service.running() as client:
        person, other = await Person.arrives(client), await Person.arrives(client)
        for headers, status in (({}, 401), ({"Authorization": "Bearer x"}, 404), (other.headers, 404)):
            path = f"/api/conversations/{person.id}"
            assert (await client.post(f"{path}/mydata", headers=headers)).status_code == status
            assert (await client.delete(path, headers=headers)).status_code == status
    with service.database.read() as session:
        assert session.get_one(Conversation, person.id).ended_at is None

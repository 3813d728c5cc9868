"""What an agent answers with: articles as the assistant gives them, looked at before they go, suggested afterwards."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape

from dossiers import handovers
from dossiers.models import AuditEntry, Conversation, Message, Role, Sender
from knowledge.answer import compose
from knowledge.profile import Profile
from knowledge.versions import digest
from tests.desk.working import member, team

WRONG = "The rental deposit for a main residence is at most two months' rent."


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


@pytest.fixture
def speaking(world, mia):
    """The page of a conversation that Mia has."""
    conversation_id, _ = world.conversation("How much is the rental deposit?")
    page = f"/desk/conversations/{conversation_id}"
    mia.get(page)
    mia.post(f"{page}/take")
    mia.get(page)
    return conversation_id, page


def last(world) -> Message:
    with world.database.read() as session:
        return session.query(Message).filter_by(sender=Sender.AGENT).order_by(Message.id.desc()).first()


# --- putting in an article ---


def test_an_article_is_found_and_put_in_as_the_assistant_would_say_it_to_this_person(world, mia, speaking):
    _, page = speaking
    found = mia.post(f"{page}/insert", words="rental deposit").text
    assert 'value="article:rental-deposit"' in found
    article = world.library.articles["rental-deposit"]
    said = compose(article, world.library, Profile(municipality="gent"), world.desk().today()).text.replace("**", "")
    shown = mia.post(f"{page}/insert", put="article:rental-deposit", text="Good morning").text
    assert f"Good morning\n\n{escape(said)}</textarea>" in shown
    assert f"Sources go along: {escape(article.title)}" in shown


def test_a_figure_that_people_do_not_get_is_left_out_and_the_agent_is_told_why(world, mia, speaking):
    _, page = speaking
    shown = mia.post(f"{page}/insert", put="article:contribution-fee").text
    assert "A figure was left out: two pages disagree" in shown
    assert "€" not in shown.split('<textarea id="text"')[1].split("</textarea>")[0]


def test_sources_go_along_with_the_answer(world, mia, speaking):
    _, page = speaking
    mia.post(f"{page}/reply", text="At most three months' rent.", article="rental-deposit")
    article = world.library.articles["rental-deposit"]
    sent = last(world)
    assert {source["url"] for source in sent.sources} <= {str(world.library.facts[f].url) for f in article.fact_ids}
    assert sent.sources
    assert sent.facts == list(article.fact_ids)
    assert sent.article is None


def test_an_article_that_there_is_not_adds_nothing(world, mia, speaking):
    _, page = speaking
    assert mia.post(f"{page}/insert", put="article:nothing").status_code == 404
    assert mia.post(f"{page}/reply", text="Hello", article="nothing").status_code == 303
    assert last(world).sources == []


# --- looking at an answer before it goes ---


def test_what_contradicts_the_knowledge_is_shown_with_its_source_before_it_is_sent(world, mia, speaking):
    conversation_id, page = speaking
    answer = mia.post(f"{page}/reply", text=WRONG)
    assert answer.status_code == 409
    for shown in (
        "two months&#39; rent",
        "three months&#39; rent",
        "Source: <a href=",
        "checked on",
        "Send it as it is",
    ):
        assert shown in answer.text
    assert WRONG.replace("'", "&#39;") in answer.text
    assert world.texts(conversation_id, Sender.AGENT) == []


def test_it_is_sent_with_one_more_click_and_only_codes_are_recorded(world, mia, speaking):
    conversation_id, page = speaking
    assert mia.post(f"{page}/reply", text=WRONG, looked_at=digest(WRONG)).status_code == 303
    assert world.texts(conversation_id, Sender.AGENT) == [WRONG]
    with world.database.read() as session:
        (entry,) = session.query(AuditEntry).filter_by(action="reply.sent_in_doubt").all()
    assert entry.details == {"finding_1": "other:rent:rental-deposit"}
    assert entry.subject == f"conversation:{conversation_id}"


def test_a_text_that_was_changed_afterwards_is_looked_at_again(world, mia, speaking):
    _, page = speaking
    assert mia.post(f"{page}/reply", text=WRONG + " Sure!", looked_at=digest(WRONG)).status_code == 409


def test_a_right_answer_goes_at_once(world, mia, speaking):
    conversation_id, page = speaking
    right = "The rental deposit is at most 3 months' rent."
    assert mia.post(f"{page}/reply", text=right).status_code == 303
    assert world.texts(conversation_id, Sender.AGENT) == [right]


# --- a good answer becomes a draft of an article ---


def suggest(browser, conversation_id: str, message_id: int):
    return browser.post(f"/desk/conversations/{conversation_id}/messages/{message_id}/suggest")


@pytest.fixture
def answered(editors):
    """A conversation with an agent's answer, and its agent; the knowledge may be changed."""
    editors.agent()
    mia = editors.logged_in()
    conversation_id, _ = editors.conversation("hi", "I am Aya, my number is +32 470 12 34 56. Can I keep bees in Gent?")
    editors.dossier(conversation_id, first_name="Aya")
    page = f"/desk/conversations/{conversation_id}"
    mia.get(page)
    mia.post(f"{page}/take")
    mia.post(f"{page}/reply", text="Yes, Aya.\n\nAsk the owner first. Mail me at mia@example.org.")
    mia.get(page)
    return editors, mia, conversation_id, last(editors).id


def test_one_click_makes_it_a_draft_with_everything_personal_hidden_and_publishes_nothing(answered):
    world, mia, conversation_id, message_id = answered
    articles = set(world.library.articles)
    answer = suggest(mia, conversation_id, message_id)
    assert answer.headers["location"].endswith(f"?note=suggested#message-{message_id}")
    (draft,) = world.editing.drafts()
    assert "Can I keep bees" in draft.text
    assert "Ask the owner first." in draft.text
    for hidden in ("Aya", "470", "example.org"):
        assert hidden not in draft.text
    assert draft.state == "draft"
    assert list(draft.writers) == ["Mia Peeters (mia)"]
    assert set(world.knowledge.refresh().articles) == articles
    assert "Thank you. The editors find" in mia.get(answer.headers["location"].split("#")[0]).text


def test_the_same_answer_is_suggested_once(answered):
    world, mia, conversation_id, message_id = answered
    suggest(mia, conversation_id, message_id)
    assert "note=suggested-before" in suggest(mia, conversation_id, message_id).headers["location"]
    assert len(world.editing.drafts()) == 1


def test_only_answers_of_colleagues_in_this_conversation_can_be_suggested(answered):
    world, mia, conversation_id, message_id = answered
    other, _ = world.conversation()
    with world.database.read() as session:
        question = session.query(Message).filter_by(conversation_id=conversation_id, sender=Sender.PERSON).first().id
    assert suggest(mia, conversation_id, question).status_code == 404
    assert suggest(mia, other, message_id).status_code == 404
    assert world.editing.drafts() == []


def test_an_editor_suggests_nothing_from_a_conversation_that_is_not_for_them(answered):
    world, _, conversation_id, message_id = answered
    member(world, "ed", role=Role.EDITOR)
    editor = world.logged_in("ed")
    editor.get("/desk/account")
    assert suggest(editor, conversation_id, message_id).status_code == 403


def test_an_agent_of_another_team_suggests_nothing(answered):
    world, _, conversation_id, message_id = answered
    ghent, aalst = team(world, "Ghent", "gent"), team(world, "Aalst", "aalst")
    member(world, "far", aalst)
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = ghent
    assert suggest(world.logged_in("far"), conversation_id, message_id).status_code == 403


# --- closing ---


def test_what_was_agreed_is_said_to_the_person_and_kept(world, mia, speaking):
    conversation_id, page = speaking
    mia.post(f"{page}/close", summary="You bring the lease\r\non Friday.")
    assert any("You bring the lease\non Friday." in text for text in world.texts(conversation_id, Sender.SYSTEM))


# --- several conversations ---


def test_ones_other_conversations_stand_beside_this_one_with_who_waits(world, mia, speaking):
    conversation_id, page = speaking
    other, _ = world.conversation("And me?")
    mia.post(f"/desk/conversations/{other}/take")
    mia.post(f"/desk/conversations/{other}/reply", text="Yes?")
    strip = mia.get(page).text.split('aria-label="My conversations"')[1].split("</nav>")[0]
    assert f'href="/desk/conversations/{other}"' in strip
    assert re.search(f'href="/desk/conversations/{conversation_id}"[^>]* aria-current="page"', strip)
    assert strip.count("waits") == 1


def test_a_request_that_needs_no_answer_is_settled_with_one_click(world, mia):
    conversation_id, _ = world.conversation(queued=False)
    with world.database.write() as session:
        handovers.keep_open(session, session.get_one(Conversation, conversation_id), "risk", world.clock())
    page = f"/desk/conversations/{conversation_id}"
    assert "Seen, nothing to do" in mia.get(page).text
    mia.post(f"{page}/dismiss")
    assert "Seen, nothing to do" not in mia.get(page).text

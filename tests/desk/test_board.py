"""The editors' board: what needs a look, and what one click does to the answers people get."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from dossiers import conversations, editor_tasks
from dossiers.models import Agent, Role, Sender
from tests.desk.conftest import Browser, World
from tests.desk.editors import FIGURE, answers, none_fitted, not_covered

TODAY = dt.date(2026, 11, 23)
BOARD = "/desk/knowledge"


@pytest.fixture
def mia(editors):
    editors.agent()
    return editors.logged_in()


def doubt(world: World, fact: str = "deposit-limit") -> None:
    world.editing.suspect(fact, why="The page names another number of months.", today=TODAY)
    world.knowledge.refresh()


def section(page: str, key: str) -> str:
    """One list of the board."""
    return re.split(r"<section ", page.split(f'<section aria-labelledby="{key}"')[1])[0]


def count(page: str, key: str) -> int:
    """What the list says that it holds; a list without anything in it is not shown."""
    if f'<section aria-labelledby="{key}"' not in page:
        return 0
    return int(re.findall(r'class="count">(\d+)<', section(page, key))[0])


def test_nothing_needs_a_look_when_all_is_well(mia):
    page = mia.get(BOARD).text
    for key in ("suspect", "due", "withheld", "contradictory", "unofficial", "broken-link", "drafts", "asked"):
        assert count(page, key) == 0
    assert "Nothing is in doubt, due for review or left out of answers." in page
    assert 'href="#suspect"' not in page


def test_a_fact_in_doubt_is_shown_with_its_reason_its_day_and_its_page(editors, mia):
    doubt(editors)
    page = mia.get(BOARD).text
    assert count(page, "suspect") == 1
    listed = section(page, "suspect")
    assert "A rental deposit is at most three months&#39; rent." in listed
    assert "since 23 November 2026" in listed
    assert 'href="https://example.be/deposit"' in listed
    assert "The page names another number of months." in listed
    assert count(page, "withheld") == 1


def test_what_people_asked_for_most_comes_first(editors, mia):
    for fact in ("deposit-limit", "lease-notice"):
        doubt(editors, fact)
    conversation_id, _ = editors.conversation(queued=False)
    for article in ("lease-end", "lease-end", "rental-deposit"):
        answers(editors, conversation_id, article)
    listed = section(mia.get(BOARD).text, "suspect")
    assert listed.index("asked 2 times") < listed.index("asked once")
    assert listed.index("Ending a lease") < listed.index("Paying a rental deposit")


def test_answers_older_than_thirty_days_do_not_count(editors, mia, clock):
    doubt(editors)
    conversation_id, _ = editors.conversation(queued=False)
    answers(editors, conversation_id, "rental-deposit")
    clock.forward(days=31)
    assert "nobody asked in 30 days" in section(editors.logged_in().get(BOARD).text, "suspect")


def test_past_its_review_date_a_fact_tells_how_many_days(editors, mia, clock):
    clock.forward(days=164)  # 6 May 2027; the review was due on the 1st
    page = editors.logged_in().get(BOARD).text
    assert count(page, "due") == 2
    assert "5 days overdue" in section(page, "due")


def test_still_correct_is_one_click_and_people_get_the_figure_again_at_once(editors, mia):
    doubt(editors)
    conversation_id, _ = editors.conversation(queued=False)
    assert FIGURE not in answers(editors, conversation_id, "rental-deposit")
    with editors.database.write() as session:
        editor_tasks.note(session, "suspect", "deposit-limit", "rental-deposit", editors.clock())
    assert "left out of 1 answer since 23 November 2026" in section(mia.get(BOARD).text, "suspect")

    done = mia.post(f"{BOARD}/facts/deposit-limit/confirm")

    assert done.headers["location"] == f"{BOARD}?confirmed=deposit-limit"
    assert FIGURE in answers(editors, conversation_id, "rental-deposit")
    page = mia.get(done.headers["location"]).text
    assert "Checked on 23 November 2026 by Mia Peeters (mia); to be read again by 23 May 2027." in page
    assert "People get its figure again from now on." in page
    assert count(page, "suspect") == 0
    with editors.database.read() as session:
        assert not editor_tasks.for_facts(session, ["deposit-limit"])


def test_a_mistaken_click_can_be_taken_back_from_the_same_page(editors, mia):
    doubt(editors)
    page = mia.get(mia_confirms(mia)).text
    assert "That was a mistake: leave the figure out" in page
    back = mia.post(f"{BOARD}/facts/deposit-limit/doubt", why="Confirmed by mistake by Mia Peeters")
    assert back.headers["location"] == f"{BOARD}?doubted=deposit-limit"
    assert "In doubt." in mia.get(back.headers["location"]).text
    conversation_id, _ = editors.conversation(queued=False)
    assert FIGURE not in answers(editors, conversation_id, "rental-deposit")


def mia_confirms(mia: Browser) -> str:
    mia.get(BOARD)
    return mia.post(f"{BOARD}/facts/deposit-limit/confirm").headers["location"]


def test_a_confirmed_fact_that_stays_left_out_says_why(editors, mia):
    path = next(editors.knowledge.root.rglob("rental-deposit.yml"))
    path.write_text(path.read_text().replace("status: official", "status: unofficial"))
    editors.knowledge.refresh()
    page = mia.get(mia_confirms(mia)).text
    assert "Its figure stays left out: no official page says so." in page


@pytest.mark.parametrize(
    ("path", "fields", "status", "words"),
    [
        ("facts/no-such-fact/confirm", {}, 404, "There is no fact"),
        ("facts/deposit-limit/confirm", {"page_date": "last week"}, 409, "Write the date of the page as"),
        ("facts/deposit-limit/confirm", {"back": "../../etc"}, 422, "Something in this form cannot be used"),
        ("facts/deposit-limit/doubt", {"why": "  "}, 409, "Say in one sentence"),
        ("facts/..%2f..%2fetc/confirm", {}, 404, "nothing at this address"),
        ("facts/UPPER/confirm", {}, 422, "Something in this form cannot be used"),
        ("asked/settle", {"messages": "1;drop"}, 422, "Something in this form cannot be used"),
        ("asked/settle", {"messages": ",".join(["1"] * 1001)}, 422, "too much to settle at once"),
    ],
)
def test_bad_input_is_refused_in_words_and_changes_nothing(editors, mia, path, fields, status, words):
    before = {p: p.read_bytes() for p in editors.knowledge.root.rglob("*") if p.is_file()}
    mia.get(f"{BOARD}/articles/rental-deposit")
    answer = mia.post(f"{BOARD}/{path}", **fields)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert {p: p.read_bytes() for p in editors.knowledge.root.rglob("*") if p.is_file()} == before


def test_whoever_may_not_edit_reads_the_board_without_its_buttons(editors, mia):
    doubt(editors)
    with editors.database.write() as session:
        session.query(Agent).one().roles = [str(Role.AGENT)]
    page = mia.get(BOARD).text
    assert "A rental deposit is at most" in page
    assert "Still correct" not in page
    refused = mia.post(f"{BOARD}/facts/deposit-limit/confirm")
    assert refused.status_code == 403
    assert "Your account may not do this" in refused.text


def test_files_that_cannot_be_used_are_named_and_people_keep_what_they_had(editors, mia):
    path = next(editors.knowledge.root.rglob("rental-deposit.yml"))
    path.write_text("id: [broken")
    editors.knowledge.refresh()
    assert "not valid YAML" in mia.get(BOARD).text
    conversation_id, _ = editors.conversation(queued=False)
    assert FIGURE in answers(editors, conversation_id, "rental-deposit")


def test_files_that_cannot_be_written_say_so(editors, mia, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError

    monkeypatch.setattr(editors.editing, "confirm", refuse)
    mia.get(f"{BOARD}/articles/rental-deposit")
    answer = mia.post(f"{BOARD}/facts/deposit-limit/confirm")
    assert answer.status_code == 503
    assert "cannot be written on this machine" in answer.text


def test_a_long_list_shows_its_first_ten_and_leads_to_the_whole(editors, mia):
    for number in range(12):
        write_copy(editors, number)
    editors.knowledge.refresh()
    page = mia.get(BOARD).text
    assert count(page, "unofficial") == 12
    assert section(page, "unofficial").count('<li class="row') == 10
    assert "Show all 12" in section(page, "unofficial")
    whole = mia.get(f"{BOARD}?group=unofficial").text
    assert whole.count('<li class="row') == 12


def write_copy(world: World, number: int) -> None:
    path = next(world.knowledge.root.rglob("rental-deposit.yml"))
    letter = "abcdefghijkl"[number]
    text = path.read_text().replace("rental-deposit", f"copy-{letter}").replace("deposit-limit", f"limit-{letter}")
    text = text.replace("status: official", "status: unofficial").replace("the landlord ask", f"{letter * 3} ask")
    path.with_name(f"copy-{letter}.yml").write_text(text)


# --- asked, not covered -----------------------------------------------------------------------------------------------

ASKED = f"{BOARD}/asked"


def test_questions_without_an_answer_are_grouped_counted_and_dated(editors, mia, clock):
    not_covered(editors, "Where can I buy a horse?")
    clock.forward(hours=30)
    not_covered(editors, "where can i buy horses please")
    none_fitted(editors, "How do I ship my piano")
    editors.conversation("Never answered, still waiting", queued=False)
    mia = editors.logged_in()
    page = mia.get(ASKED).text
    rows = page.split('<li class="row">')[1:]
    assert len(rows) == 2
    assert "where can i buy horses please" in rows[0]
    assert "Where can I buy a horse?" in rows[0]
    assert "asked 2 times, last on 24 November 2026" in rows[0]
    assert "How do I ship my piano" in rows[1]
    assert count(mia.get(BOARD).text, "asked") == 2


def test_an_offer_that_was_taken_is_no_question_without_an_answer(editors, mia):
    conversation_id, _ = editors.conversation("How do I end it", queued=False)
    options = [{"title": "Ending a lease", "payload": "/ask"}, {"title": "None of these", "payload": "/not_helpful"}]
    editors.says(conversation_id, "Did you mean?", Sender.BOT, outcome="clarified", options=options)
    editors.says(conversation_id, "Ending a lease")
    assert "Every question found an answer" in mia.get(ASKED).text


def test_what_looks_personal_is_hidden(editors, mia):
    text = (
        "Hello my name is Rahul Sharma, Dampoortstraat 12, can my landlord ask more? write rahul.s@example.org or"
        " 0478 12 34 56, my card is B1234567"
    )
    not_covered(editors, text)
    not_covered(editors, "can aya keep her parrot in the house", first_name="Aya")
    page = mia.get(ASKED).text
    for personal in ("Rahul", "Sharma", "Dampoortstraat", "rahul.s", "0478", "B1234567", " aya "):
        assert personal not in page
    assert "can my landlord ask more?" in page
    assert "can [name] keep her parrot" in page


def test_dealt_with_hides_a_group_until_somebody_asks_again(editors, mia):
    first = not_covered(editors, "Where can I buy a horse?")
    second = not_covered(editors, "where can i buy a horse")
    mia.get(ASKED)
    done = mia.post(f"{ASKED}/settle", messages=f"{second},{first}")
    assert "Dealt with." in mia.get(done.headers["location"]).text
    assert "horse" not in mia.get(ASKED).text
    not_covered(editors, "Where can I buy a horse")
    assert "asked once" in mia.get(ASKED).text


def test_a_question_becomes_the_first_example_of_a_new_article(editors, mia):
    question = not_covered(editors, "Where can I buy a horse? my name is Rahul")
    page = mia.get(f"{BOARD}/articles/new?question={question}").text
    assert "Where can I buy a horse? my name is [name]</textarea>" in page
    made = mia.post(
        f"{BOARD}/articles/new",
        article_id="buying-a-horse",
        title="Buying a horse",
        topic="housing",
        phase="settled",
        question="where can i buy a horse",
    )
    assert made.headers["location"] == f"{BOARD}/articles/buying-a-horse/edit"
    assert ">\nwhere can i buy a horse</textarea>" in mia.get(made.headers["location"]).text
    (draft,) = editors.editing.drafts()
    assert (draft.article_id, draft.who, draft.is_new) == ("buying-a-horse", "Mia Peeters (mia)", True)
    assert "buying-a-horse" not in editors.knowledge.refresh().articles


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"article_id": "../evil"}, 422, "Give an id of lower-case letters"),
        ({"article_id": "rental-deposit"}, 422, "There is an article “rental-deposit” already"),
        ({"article_id": "begun-before"}, 409, "There is a draft of an article “begun-before” already"),
        ({"title": "ab"}, 422, "Give a title of 5 to 90 characters"),
        ({"topic": "gardening"}, 422, "Choose a topic and a phase"),
        ({"question": "x" * 400}, 422, "An example question has 3 to 300 characters"),
    ],
)
def test_a_new_article_that_cannot_begin_keeps_what_was_typed(editors, mia, changes, status, words):
    good = {"article_id": "a-horse", "title": "Buying a horse", "topic": "housing", "phase": "settled"}
    mia.get(f"{BOARD}/articles/new")
    mia.post(f"{BOARD}/articles/new", **{**good, "article_id": "begun-before"})
    answer = mia.post(f"{BOARD}/articles/new", **{**good, "question": "typed & kept", **changes})
    assert (answer.status_code, words in answer.text) == (status, True)
    assert "typed &amp; kept" in answer.text or "x" * 400 in answer.text


# --- feedback ---------------------------------------------------------------------------------------------------------


def test_unread_feedback_is_listed_read_and_counted_with_its_article(editors, mia):
    conversation_id, token = editors.conversation(queued=False)
    answers(editors, conversation_id, "rental-deposit")
    with editors.database.read() as session:
        message = conversations.messages_after(session, conversation_id, 0)[-1].id
    given = editors.browser().http.post(
        f"/api/conversations/{conversation_id}/messages/{message}/feedback",
        json={"verdict": "not_helped", "comment": "The <b>amount</b> is missing"},
        headers={"authorization": f"Bearer {token}"},
    )
    assert given.status_code == 200
    assert 'Unread feedback <span class="count">1</span>' in mia.get(BOARD).text
    page = mia.get(f"{BOARD}/feedback").text
    assert "The &lt;b&gt;amount&lt;/b&gt; is missing" in page
    assert "did not help" in page
    assert "Paying a rental deposit" in page
    done = mia.post(f"{BOARD}/feedback/{message}/read")
    assert "Everything is read." in mia.get(done.headers["location"]).text
    assert mia.post(f"{BOARD}/feedback/{message}/read").status_code == 303
    assert "did not help: 1" in mia.get(f"{BOARD}/articles/rental-deposit").text

"""Editors in a browser: a fact in doubt is confirmed, a draft is reviewed by a second person and reaches people."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from dossiers import accounts, conversations, feedback
from dossiers.models import Agent, Verdict
from tests.browsers import two_looks
from tests.desk.browser.test_accessibility import check
from tests.desk.conftest import PASSWORD, World
from tests.desk.editors import FIGURE, answers, none_fitted, not_covered

pytestmark = pytest.mark.browser
ARTICLE = "/desk/knowledge/articles/rental-deposit"
NEW = "Never pay the deposit in cash."


@pytest.fixture
def server(editors_server):
    """Windows open on the editors' desk."""
    return editors_server


def today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def doubted(world: World) -> None:
    world.editing.suspect("deposit-limit", why="The page names another number of months.", today=today())
    world.knowledge.refresh()


def draft_of(page: Page) -> None:
    """Mia changes the first paragraph in the form and asks for a review."""
    page.goto(ARTICLE)
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Paragraph 1").fill(f"{NEW} Put it on a blocked account in your own name.")
    page.get_by_label("What you changed and why").fill("People asked about cash.")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.get_by_role("status")).to_contain_text("A colleague can review the draft now.")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_fact_in_doubt_is_left_out_until_somebody_says_that_it_is_still_correct(world, window, scripts):
    conversation_id, _ = world.conversation(queued=False)
    assert FIGURE in answers(world, conversation_id, "rental-deposit")
    doubted(world)
    assert FIGURE not in answers(world, conversation_id, "rental-deposit")

    page = window(java_script_enabled=scripts)
    page.get_by_role("link", name="Knowledge").click()
    group = page.get_by_role("region", name="In doubt 1")
    expect(group).to_contain_text("The page names another number of months.")
    expect(group).to_contain_text("asked 2 times in 30 days")
    button = group.get_by_role("button", name="Still correct about “A rental deposit is at most three months' rent.”")
    button.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("People get its figure again from now on.")
    assert FIGURE in answers(world, conversation_id, "rental-deposit")
    page.get_by_role("button", name="That was a mistake: leave the figure out").click()
    expect(page.get_by_role("region", name="In doubt 1")).to_contain_text("Confirmed by mistake by Mia Peeters")
    assert FIGURE not in answers(world, conversation_id, "rental-deposit")


def test_a_draft_reaches_people_after_a_second_person_has_read_it(world, window):
    conversation_id, _ = world.conversation(queued=False)
    mia, tom = window(), window("tom")
    draft_of(mia)
    expect(mia.get_by_role("button", name="Publish")).to_have_count(0)
    assert NEW not in answers(world, conversation_id, "rental-deposit")

    tom.goto("/desk/knowledge")
    tom.get_by_role("region", name="Drafts 1").get_by_role("link", name="Paying a rental deposit").click()
    expect(tom.get_by_text("What changed and why: People asked about cash.")).to_be_visible()
    expect(tom.get_by_role("region", name="As a person would see it today")).to_contain_text(NEW)
    expect(tom.get_by_role("region", name="Change", exact=True)).to_contain_text(NEW)
    tom.get_by_label("What should the writer change?").fill("Say what to do instead.")
    tom.get_by_role("button", name="Send back").click()
    expect(tom.get_by_role("status")).to_contain_text("The draft is back with its writer")

    mia.goto(f"{ARTICLE}/draft")
    expect(mia.get_by_text("Say what to do instead.")).to_be_visible()
    mia.get_by_role("button", name="Ask for a review").click()
    tom.goto(f"{ARTICLE}/draft")
    tom.get_by_role("button", name="Publish").click()
    expect(tom.get_by_role("status")).to_contain_text("People get this article from now on.")
    assert NEW in answers(world, conversation_id, "rental-deposit")


def busy(world: World, window) -> str:
    """Something in every list; gives a question's id."""
    doubted(world)
    conversation_id, _ = world.conversation(queued=False)
    answers(world, conversation_id, "rental-deposit")
    with world.database.write() as session:
        message = conversations.messages_after(session, conversation_id, 0)[-1].id
        feedback.give(session, conversation_id, message, Verdict.NOT_HELPED, "How much is it?", world.clock())
    question = not_covered(world, "Where can I buy a horse in Ghent?")
    not_covered(world, "where can i buy a horse ghent")
    none_fitted(world, "how do i ship my piano")
    draft_of(window())
    return str(question)


@two_looks
def test_every_page_passes_axe_and_fits(world, window, scheme, size):
    question = busy(world, window)
    page = window("tom", viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    pages = {
        "board": "/desk/knowledge",
        "board-group": "/desk/knowledge?group=suspect",
        "board-confirmed": "/desk/knowledge?confirmed=lease-notice",
        "asked": "/desk/knowledge/asked",
        "feedback": "/desk/knowledge/feedback",
        "article": ARTICLE,
        "draft": f"{ARTICLE}/draft",
        "edit": f"{ARTICLE}/edit",
        "edit-text": f"{ARTICLE}/edit?mode=text",
        "new": f"/desk/knowledge/articles/new?question={question}",
    }
    for name, address in pages.items():
        check(page, address, f"{name}-{scheme}-{size[0]}")
    page.goto(f"{ARTICLE}/edit?mode=text")
    page.get_by_label("Article as it stands in its file").fill("answer: [")
    page.get_by_role("button", name="See it as a person does").click()
    check(page, None, f"preview-{scheme}-{size[0]}")
    page.goto(ARTICLE)
    for summary in page.locator("summary").all():
        summary.click()
    check(page, None, f"article-open-{scheme}-{size[0]}")


def test_at_200_percent_nothing_is_cut_off(world, window):
    busy(world, window)
    page = window("tom", viewport={"width": 640, "height": 450}, device_scale_factor=2)
    for name, address in {"board": "/desk/knowledge", "draft": f"{ARTICLE}/draft", "edit": f"{ARTICLE}/edit"}.items():
        check(page, address, f"zoom-{name}")


def test_a_conflict_shows_both_versions(world, window):
    mia, tom = window(), window("tom")
    for page in (mia, tom):
        page.goto(f"{ARTICLE}/edit")
    tom.get_by_label("Paper 1").fill("your signed lease")
    tom.get_by_role("button", name="Save the draft").click()
    mia.get_by_label("Paragraph 1").fill(NEW)
    mia.get_by_role("button", name="Save the draft").click()
    expect(mia.get_by_role("alert")).to_contain_text("Somebody else saved this text meanwhile.")
    shown = mia.get_by_role("region", name="Your text against the saved one")
    expect(shown).to_contain_text("your signed lease")
    expect(shown).to_contain_text(NEW)
    check(mia, None, "conflict")
    text = mia.get_by_label("Article as it stands in its file")
    text.fill(text.input_value().replace("your lease", "your signed lease"))
    mia.get_by_role("button", name="Save the draft").click()
    expect(mia.get_by_role("status")).to_contain_text("The draft is saved.")
    saved = world.editing.draft_of("rental-deposit").text
    assert NEW in saved
    assert "your signed lease" in saved


def test_what_was_typed_survives_a_session_that_ends_meanwhile(world, window):
    page = window()
    page.goto(f"{ARTICLE}/edit")
    page.get_by_label("Paragraph 1").fill(NEW)
    with world.database.write() as session:
        accounts.end_sessions(session, session.query(Agent).filter_by(login="mia").one().id)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.get_by_label("Login").fill("mia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{ARTICLE}/edit")
    expect(page.get_by_label("Paragraph 1")).to_have_value(NEW)
    expect(page.get_by_text("What you typed before and did not save is back in the form.")).to_be_visible()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("status")).to_contain_text("The draft is saved.")
    assert NEW in world.editing.draft_of("rental-deposit").text
    page.get_by_role("link", name="Edit the draft").click()
    expect(page.get_by_text("What you typed before and did not save is back in the form.")).to_be_hidden()

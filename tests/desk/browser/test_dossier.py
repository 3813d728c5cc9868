"""The pages of a dossier: axe, light and dark, wide and narrow, on paper, without scripts' help."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from dossiers import documents, interests, plans, record, topics
from dossiers.models import Agent, DocumentState, Dossier, Sender, TopicState
from knowledge.profile import Profile
from tests.browsers import two_looks
from tests.desk.browser.test_accessibility import check, picture

pytestmark = pytest.mark.browser


@pytest.fixture
def full(world, busy_day) -> dict[str, str]:
    """A dossier with something of everything, and another that may be of the same person."""
    dossier_id, now = busy_day["dossier"], world.clock()
    said = world.says(busy_day["aya"], "we moved to Aalst last week")
    with world.database.write() as session:
        dossier = session.get_one(Dossier, dossier_id)
        mia = session.query(Agent).filter_by(login="mia").one().id
        record.state(session, dossier, "home_town", "aalst", stated_by=Sender.PERSON, message_id=said, now=now)
        by = {"set_by": Sender.AGENT, "agent_id": mia, "now": now}
        first = topics.put(session, dossier, "housing", TopicState.OPEN, based_on=None, note="Two rooms", **by)
        topics.put(session, dossier, "housing", TopicState.WAITING, based_on=first.id, waits_for="the landlord", **by)
        topics.put(session, dossier, "diploma", TopicState.DONE, based_on=None, **by)
        interests.put(session, dossier, "buddy", True, stated_by=Sender.PERSON, message_id=said, now=now)
        documents.note(session, dossier, "lease", DocumentState.HELD, text="signed in May", now=now)
        ask = {"reason": "to register you", "agent_id": mia, "now": now}
        asked = documents.request(session, dossier, "passport", last_day=now.date() + dt.timedelta(days=9), **ask)
        known = Profile("gent", "JP", purpose="researcher", stay="long", arrival=now.date(), permit="visa-d")
        plans.keep(session, dossier.person_id, known, now)
        asked_id = asked.id
    talk, _ = world.conversation("Hello, it is me again", queued=False)
    other = world.dossier(talk, first_name="Aya", nationality="JP", home_town="gent", household="a child")
    return {"dossier": dossier_id, "other": other, "document": asked_id}


@two_looks
def test_every_page_of_a_dossier_passes_axe_and_fits(full, window, scheme, size):
    page = window(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    here = f"/desk/dossiers/{full['dossier']}"
    for name, address in {
        "page": here,
        "list": "/desk/dossiers",
        "field": f"{here}/fields/home_town",
        "topic": f"{here}/topics/housing",
        "new-document": f"{here}/documents/new",
        "document": f"{here}/documents/{full['document']}",
        "find": f"{here}/merge",
        "merge": f"{here}/merge/{full['other']}",
    }.items():
        check(page, address, f"dossier-{name}-{scheme}-{size[0]}")


def test_an_agent_works_through_a_dossier_with_the_keyboard_and_prints_it(world, full, window):
    page = window()
    page.goto(f"/desk/dossiers/{full['dossier']}")
    expect(page.get_by_role("heading", name="Which is right?")).to_be_visible()
    right = page.get_by_role("button", name=re.compile("This is right *: Aalst"))
    right.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Settled. The other statement stays in the history.")).to_be_visible()
    expect(page.locator(".question h3")).to_have_text(["Arrival"])
    page.get_by_role("link", name="Change Housing").press("Enter")
    page.get_by_role("radio", name="done").check()
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator("#topic-housing .state")).to_have_text("done")
    page.get_by_role("button", name=re.compile("Yes *: Dutch lessons")).press("Enter")
    expect(page.locator("#interest-dutch")).to_contain_text("yes, please")
    page.emulate_media(media="print")
    picture(page, "dossier-full-print")
    expect(page.get_by_role("heading", name="Topics")).to_be_visible()
    expect(page.get_by_role("link", name="Change Housing")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)


def test_the_list_is_filtered_while_one_chooses(full, window):
    page = window()
    page.goto("/desk/dossiers")
    expect(page.get_by_text("2 dossiers")).to_be_visible()
    page.get_by_label("Status").select_option("waiting")
    expect(page.get_by_text("No dossier fits this.")).to_have_count(0)
    expect(page.get_by_text("1 dossier", exact=True)).to_be_visible()
    page.get_by_label("of the topic").select_option("work")
    expect(page.get_by_text("No dossier fits this.")).to_be_visible()

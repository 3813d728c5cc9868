"""The partners' pages: an account of a partner sees its own profiles, escaped, and nothing else of the desk."""

from __future__ import annotations

import re

import pytest

from dossiers import consents, talent
from dossiers.models import Agent, Conversation, Role, Task

PAGE = "/desk/talent"


def with_roles(world, login: str, *roles: Role, partner: str | None = None) -> Agent:
    agent = world.agent(login, f"{login.title()} Peeters")
    with world.database.write() as session:
        session.get_one(Agent, agent.id).roles = [str(role) for role in roles]
        talent.belongs_to(session, agent.id, partner, by="system", now=world.clock())
    return agent


@pytest.fixture
def rita(world):
    with_roles(world, "rita", Role.PARTNER, partner="vdab")
    return world.logged_in("rita")


def shared(world, *partners: str, **fields: str) -> tuple[str, str]:
    """Somebody who shares their profile: the conversation's and the person's id."""
    conversation_id, _ = world.conversation("hello")
    world.dossier(conversation_id, **{"first_name": "Amelie", "home_town": "gent", "nationality": "SY"} | fields)
    with world.database.write() as session:
        person_id = session.get_one(Conversation, conversation_id).person_id
        for partner in partners:
            consents.give(
                session, person_id, purpose="share-profile", partner=partner, version="1", text="t", now=world.clock()
            )
    return conversation_id, person_id


def searched(browser, **asked: str) -> str:
    browser.get(PAGE)
    return browser.post(PAGE, **asked).text


def test_nothing_is_shown_or_noted_before_somebody_searches(world, rita):
    _, person_id = shared(world, "vdab")
    page = rita.get(PAGE)
    assert (page.status_code, person_id in page.text) == (200, False)
    with world.database.read() as session:
        assert talent.looks(session, person_id) == []


def test_a_search_shows_the_profiles_and_the_person_sees_who_looked(world, rita):
    _, person_id = shared(world, "vdab", purpose="student")
    _, other = shared(world, "voka")
    page = searched(rita)
    assert "1 profile" in page
    assert f'href="/desk/talent/{person_id}"' in page
    assert other not in page
    for shown in ("Syria", "Gent", "study"):
        assert shown in page
    assert "Amelie" not in page
    with world.database.read() as session:
        assert [look.partner for look in talent.looks(session, person_id)] == ["vdab"]


def test_what_was_chosen_stays_chosen_and_words_are_in_no_address(world, rita):
    shared(world, "vdab")
    page = searched(rita, text="syria", town="gent")
    assert 'value="syria"' in page
    assert '<option value="gent" selected>' in page
    assert not re.search(r'(?:href|action)="[^"]*syria', page)


def test_a_profile_says_what_was_agreed_and_no_more(world, rita):
    _, person_id = shared(world, "vdab", concern="my asthma", contact="amelie@example.org")
    page = rita.get(f"{PAGE}/{person_id}").text
    assert "Syria" in page
    assert not [word for word in ("Amelie", "asthma", "amelie@example.org") if word in page]


def test_guessing_an_id_tells_nothing(world, rita):
    _, theirs = shared(world, "voka")
    answers = [rita.get(f"{PAGE}/{person_id}") for person_id in (theirs, "0" * 32)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    rita.get(PAGE)
    asked = [rita.post(f"{PAGE}/{person_id}/introduction", reason="vacancy") for person_id in (theirs, "0" * 32)]
    assert [answer.status_code for answer in asked] == [404, 404]


def test_a_profile_is_gone_the_moment_the_person_takes_it_back(world, rita):
    _, person_id = shared(world, "vdab")
    assert rita.get(f"{PAGE}/{person_id}").status_code == 200
    with world.database.write() as session:
        consents.withdraw(session, person_id, "share-profile", now=world.clock())
    assert rita.get(f"{PAGE}/{person_id}").status_code == 404
    assert "No profile matches" in searched(rita)


def test_asking_for_an_introduction_makes_a_task_and_asking_again_is_answered_in_words(world, rita):
    _, person_id = shared(world, "vdab")
    rita.get(f"{PAGE}/{person_id}")
    answer = rita.post(f"{PAGE}/{person_id}/introduction", reason="training")
    assert answer.status_code == 303
    page = rita.get(answer.headers["location"]).text
    assert "You have asked to be introduced" in page
    assert 'name="reason"' not in page
    with world.database.read() as session:
        assert "training" in session.query(Task).one().title
    again = rita.post(f"{PAGE}/{person_id}/introduction", reason="vacancy")
    assert again.status_code == 409
    assert "You asked to be introduced on 23 November 2026" in again.text


def test_a_reason_of_ones_own_is_not_taken(world, rita):
    _, person_id = shared(world, "vdab")
    rita.get(f"{PAGE}/{person_id}")
    assert rita.post(f"{PAGE}/{person_id}/introduction", reason="call her").status_code == 422


def test_a_partner_sees_nothing_else_of_the_desk(world, rita):
    conversation_id, _ = shared(world, "vdab")
    dossier_id = world.dossier(conversation_id, concern="my asthma")
    for address in ("dossiers", f"dossiers/{dossier_id}", f"conversations/{conversation_id}", "search", "audit"):
        assert rita.get(f"/desk/{address}").status_code == 403, address
    menu = rita.get(PAGE).text
    assert "/desk/dossiers" not in menu
    assert "/desk/set-aside" not in menu


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PARTNER])
def test_other_roles_see_no_profiles(world, role):
    with_roles(world, "mia", role, partner="vdab")
    _, person_id = shared(world, "vdab")
    browser = world.logged_in()
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE).status_code == 403
    assert browser.get(f"{PAGE}/{person_id}").status_code == 403
    assert browser.post(f"{PAGE}/{person_id}/introduction", reason="vacancy").status_code == 403


def test_an_account_without_a_partner_is_told_whom_to_ask(world):
    with_roles(world, "rita", Role.PARTNER)
    answer = world.logged_in("rita").get(PAGE)
    assert answer.status_code == 403
    assert "ask the administrator" in answer.text


def test_what_a_person_wrote_is_escaped(world, rita):
    _, person_id = shared(world, "vdab", purpose="<script>alert(1)</script>")
    for page in (searched(rita), rita.get(f"{PAGE}/{person_id}").text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_nothing_is_searched_or_asked_without_the_token_of_the_page(world, rita):
    _, person_id = shared(world, "vdab")
    assert rita.http.post(PAGE).status_code == 403
    assert rita.http.post(f"{PAGE}/{person_id}/introduction", data={"reason": "vacancy"}).status_code == 403


def test_the_administrator_ties_an_account_to_a_partner(world):
    rita = with_roles(world, "rita", Role.PARTNER)
    with_roles(world, "admin", Role.ADMINISTRATOR)
    browser = world.logged_in("admin")
    page = browser.get("/desk/partners").text
    assert "Rita Peeters" in page
    assert "Admin Peeters" not in page.split("<main", maxsplit=1)[1]
    assert browser.post(f"/desk/partners/{rita.id}", partner="vdab").status_code == 303
    assert browser.post(f"/desk/partners/{rita.id}", partner="nobody").status_code == 422
    assert browser.post(f"/desk/partners/{'0' * 32}", partner="vdab").status_code == 404
    with world.database.read() as session:
        assert talent.partner_of(session, rita.id) == "vdab"


def test_only_the_administrator_ties_accounts(world, rita):
    assert rita.get("/desk/partners").status_code == 403
    rita.get(PAGE)
    assert rita.post(f"/desk/partners/{'0' * 32}", partner="vdab").status_code == 403

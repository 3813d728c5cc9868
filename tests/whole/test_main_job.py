"""The main job in two real browsers: a newcomer with the widget on a phone, an agent at the desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from knowledge.wording import say
from tests.browsers import settled
from tests.whole.conftest import Stack
from tests.whole.phones import SLOW, Phone, browser

pytestmark = pytest.mark.browser

__all__ = ["browser"]  # a fixture


def test_question_answer_dossier_person_and_back(browser: Browser, stack: Stack, screenshots: Path) -> None:
    phone_context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    desk_context = browser.new_context(viewport={"width": 1280, "height": 900})
    phone = Phone(phone_context.new_page(), stack.url)

    phone.ask("I arrived with a D visa for my job. Where do I register in Ghent, and with which papers?")
    phone.chooses_if_asked("Arrived with a D visa: register right away")
    phone.shows("Take with you")
    expect(phone.log.get_by_text("checked on").last).to_be_visible()
    assert phone.log.get_by_role("link").last.get_attribute("href").startswith("https://")  # type: ignore[union-attr]
    phone.page.screenshot(path=screenshots / "phone-answer.png")

    phone.ask("open a dossier please")
    phone.shows("Do you agree that your answers are kept for this?")
    phone.page.screenshot(path=screenshots / "phone-consent.png")
    phone.press("Yes, I agree")
    phone.shows("What may we call you?")
    phone.ask("Pedro")
    phone.shows("What is your nationality?")
    phone.ask("Argentinian")
    phone.shows("When do you arrive")
    phone.ask("I am here already")
    phone.shows("In which town do you live")
    phone.page.reload()
    phone.page.locator("what-now-chat .launcher").click()
    phone.shows("In which town do you live")

    phone.page.get_by_role("button", name="Talk to a person", exact=True).last.click()
    phone.shows(say("queue_joined"))

    desk = desk_context.new_page()
    desk.goto(f"{stack.url}/desk")
    desk.get_by_label("Login").fill(stack.login)
    desk.get_by_label("Password").fill(stack.password)
    desk.get_by_role("button", name="Log in").click()
    desk.get_by_role("link", name="Pedro").first.click()
    expect(desk.get_by_role("log")).to_contain_text("I arrived with a D visa for my job.")
    desk.get_by_role("button", name="Take the conversation").click()
    expect(desk.get_by_label("Your answer")).to_be_visible()
    desk.screenshot(path=screenshots / "desk-conversation.png")
    phone.shows("has joined the conversation.")

    desk.get_by_label("Your answer").fill("Good morning Pedro, I look at it with you.")
    desk.get_by_role("button", name="Send").click()
    phone.shows("Good morning Pedro, I look at it with you.")
    phone.ask("thank you! do i come to the counter?")
    expect(desk.get_by_role("log")).to_contain_text("do i come to the counter?", timeout=SLOW)
    phone.page.wait_for_timeout(1500)
    assert phone.log.get_by_text("do i come to the counter?").count() == 1
    last = phone.log.locator(".message").last
    expect(last).to_contain_text("do i come to the counter?")  # the bot stays silent
    phone.page.screenshot(path=screenshots / "phone-colleague.png")

    desk.get_by_text("Close the conversation …").click()
    desk.get_by_role("button", name="Close, back to the assistant").click()
    phone.shows("You are talking with the assistant again")
    phone.ask("thank you, bye")
    expect(phone.log.locator(".message").last).to_contain_text("Goodbye", timeout=SLOW)
    phone.page.screenshot(path=screenshots / "phone-back.png")

    for page in (phone.page, desk):
        found = Axe().run(settled(page))
        assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    phone_context.close()
    desk_context.close()


def test_the_widget_survives_a_restart_of_the_app(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    phone = Phone(context.new_page(), stack.url)
    phone.ask("hello")
    phone.shows("Hello and welcome!")
    app = stack.services["app"]
    app.stop()
    phone.ask("thank you very much")
    app.start()
    phone.shows("You are welcome.")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert phone.log.get_by_text("thank you very much").count() == 1
    context.close()

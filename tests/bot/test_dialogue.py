"""The rules, talked through with a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.tracker_store import WindowedTrackerStore
from tests.bot.talking import Talk

PLAN = "what_now show_plan step_done step_undo step_trouble why_step am_late what_if remind_me not_for_me".split()
FOLLOW_UPS = {f"follow_up_{one}": "action_follow_up" for one in "cost place deadline papers family source more".split()}
ANSWERS = {
    **{one: f"action_{one}" for one in PLAN},
    **FOLLOW_UPS,
    "correct": "action_correct",
    "not_helpful": "action_not_helpful",
    "greet": "utter_greet",
    "thank": "utter_thank",
    "help": "utter_help",
    "abuse": "utter_abuse",
    "medical_opinion": "utter_medical_opinion",
    "legal_opinion": "utter_legal_opinion",
    "other_language": "action_other_language",
    "out_of_scope": "action_not_known",
    "show_dossier": "action_show_dossier",
    "my_data": "action_my_data",
    "withdraw_consent": "action_withdraw_consent",
}
OUTSIDE = {
    **ANSWERS,
    "inform": "action_note_profile",
    "affirm": "action_short_answer",
    "deny": "action_short_answer",
    "skip": "action_short_answer",
    "explain": "action_short_answer",
    "stop": "action_short_answer",
    "goodbye": "utter_goodbye",
    "emergency": "utter_emergency",
    "human": "action_request_human",
    "erase_dossier": "action_erase_dossier",
    "end_chat": "action_end_chat",
}
INSIDE = {
    **ANSWERS,
    "explain": "action_explain_question",
    "skip": "action_skip_question",
    "open_dossier": "action_open_dossier",
}
LEAVING = {
    "stop": "action_pause_dossier",
    "goodbye": "action_pause_dossier",
    "human": "action_request_human",
    "erase_dossier": "action_erase_dossier",
    "end_chat": "action_end_chat",
    "emergency": "utter_emergency",
}
# These questions say the current text of a consent, so that an action asks them.
ASKED_BY_ACTIONS = {"consent", "share_profile"}


def question(slot: str) -> str:
    """What asks for a slot of the dossier."""
    return f"{'action' if slot in ASKED_BY_ACTIONS else 'utter'}_ask_{slot}"


@pytest.fixture
def talk(trained: Any, tmp_path: Path) -> Talk:
    return Talk(trained, WindowedTrackerStore(host=f"sqlite:///{tmp_path}/bot.db"))


def test_every_intent_has_a_rule_inside_and_outside(trained: Any) -> None:
    mine = set(trained.domain.intents) - {"back", "restart", "session_start", "nlu_fallback"}
    assert set(OUTSIDE) == mine - {"ask", "open_dossier"}
    assert set(INSIDE) | set(LEAVING) == mine - {"ask", "inform", "affirm", "deny"}


@pytest.mark.parametrize(("intent", "expected"), OUTSIDE.items())
async def test_outside_the_dossier(talk: Talk, intent: str, expected: str) -> None:
    assert await talk.say(f"/{intent}") == [expected]


async def test_a_question_is_answered_and_remembered(talk: Talk) -> None:
    assert await talk.say("my landlord keeps the deposit") == ["action_answer"]
    assert (await talk.state())["slots"]["article"] == "deposit-return"


@pytest.mark.parametrize(("intent", "expected"), INSIDE.items())
async def test_inside_the_dossier_it_answers_and_asks_again(talk: Talk, intent: str, expected: str) -> None:
    await talk.say("/open_dossier")
    await talk.say("/affirm")
    asked_again = "utter_ask_nationality" if intent == "skip" else "utter_ask_first_name"
    assert await talk.say(f"/{intent}") == [expected, asked_again]
    assert (await talk.state())["form"] == "dossier_form"


async def test_a_question_inside_the_dossier(talk: Talk) -> None:
    await talk.say("/open_dossier")
    await talk.say("/affirm")
    assert await talk.say("do i need fire insurance") == ["action_answer", "utter_ask_first_name"]


@pytest.mark.parametrize(("intent", "expected"), LEAVING.items())
async def test_what_leaves_the_dossier(talk: Talk, intent: str, expected: str) -> None:
    await talk.say("/open_dossier")
    await talk.say("/affirm")
    assert await talk.say(f"/{intent}") == [expected]
    state = await talk.state()
    assert state["form"] is None
    assert state["slots"]["consent"] is not None
    assert await talk.say("/open_dossier") == ["action_open_dossier", "utter_ask_first_name"]


async def test_the_whole_dossier(talk: Talk) -> None:
    assert await talk.say("/open_dossier") == ["action_open_dossier", "action_ask_consent"]
    asked = []
    for _ in range(12):
        asked += await talk.say("/inform")
    slots = talk.agent.domain.forms["dossier_form"]["required_slots"]
    assert asked == [*(question(name) for name in slots[1:]), "action_submit_dossier"]
    assert (await talk.state())["form"] is None


async def test_a_question_after_the_dossier_is_outside_it(talk: Talk) -> None:
    await talk.say("/open_dossier")
    await talk.say("/stop")
    assert await talk.say("do i need fire insurance") == ["action_answer"]


def test_every_response_names_its_outcome(trained: Any) -> None:
    outcomes = {
        variation.get("metadata", {}).get("outcome")
        for variations in trained.domain.responses.values()
        for variation in variations
    }
    assert outcomes == {"smalltalk", "refused", "dossier", "referred", "failed"}


def test_every_question_of_the_dossier_can_be_explained(trained: Any) -> None:
    slots = trained.domain.forms["dossier_form"]["required_slots"]
    assert {f"utter_explain_{slot}" for slot in slots} <= set(trained.domain.responses)
    assert {question(slot) for slot in slots} <= {*trained.domain.responses, *trained.domain.user_actions}

"""Which step of the plan somebody means: by a button, by "the second one", by their words, by what the bot read."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from actions.plan.situation import Case
from knowledge.likeness import subject_of
from knowledge.planning.plan import Entry, Plan
from knowledge.planning.steps import Step

AT_MOST = 3
CLEAR, LEAD, POSSIBLE = 0.62, 0.08, 0.34
STEM = 8  # enough to tell "registered" from "registratierelaas"
OF_PHRASE, OF_TEXT, READ, SHOWN = 0.7, 0.3, 0.15, 0.1
_ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1}
_NUMBERED = re.compile(r"\b(?:step|number|nr|no)\.? ?([1-3])\b", re.IGNORECASE)
_NUMBERED_PAPER = re.compile(r"\b(?:annexe?|bijlage) (\d+)")
_POINTS = re.compile(
    r"\b(?:this|that|it|one|ones|step|undo|done|finished|applicable|apply|obligatory|mandatory|n/a|stuck|problem|why)\b",
    re.IGNORECASE,
)
# Words with which people say that something is done, or not; they tell no step from another.
_COMMON = frozenset(
    "done did finish ready already yesterday today last week monday tuesday wednesday thursday friday saturday sunday"
    " morn morning just final finally now not no yet got get have has am all ok okay yes well tick check mark first"
    " second third one step list plan off back put still really must thing here also then too because undo"
    " other others apply"
    " applicable take say says said work working keep wait waiting leave people law go goes went open mistake"
    " click".split()
)
# Words for one thing, each as the tokens below have it.
_SAME = {
    **dict.fromkeys(("mutualit", "ziekenfo", "mutual"), "fund"),
    **dict.fromkeys(("huisarts", "gp"), "doctor"),
    **dict.fromkeys(("apartmen", "house", "appartem", "studio"), "flat"),
    **dict.fromkeys(("wijkagen", "officer", "cop"), "police"),
    **dict.fromkeys(("document", "papers"), "paper"),
    **dict.fromkeys(("kids", "child", "children"), "kid"),
    **dict.fromkeys(("license", "rijbewij"), "licence"),
}


def meant(case: Case, plan: Plan, among: Sequence[Entry], text: str | None = None) -> list[Entry]:
    """The entries that the message (or `text`, a part of it) may mean: one when it is clear, else up to three."""
    turn = case.turn
    text = turn.text if text is None else text
    allowed = {entry.step.id: entry for entry in among}
    named = turn.entity("step")
    if named is not None:
        return [allowed[named]] if named in allowed else []
    shown = [allowed[key] for key in turn.tracker.get_slot("shown") or () if key in allowed]
    words = _words(text)
    if (place := _place(text)) is not None:
        listed = [key for key in turn.tracker.get_slot("shown") or () if plan.get(key)]
        if -len(listed) <= place < len(listed):
            return [allowed[listed[place]]] if listed[place] in allowed else []
    ranked = _ranked(case, plan, words, among, {entry.step.id for entry in shown}) if words else []
    unclear = not ranked or ranked[0][0] < CLEAR
    if shown and unclear and (not words or _POINTS.search(text)):
        return shown[:AT_MOST]
    if ranked and ranked[0][0] >= CLEAR and (len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= LEAD):
        return [ranked[0][1]]
    return [entry for _, entry in ranked[:AT_MOST]]


def _place(text: str) -> int | None:
    if match := _NUMBERED.search(text):
        return int(match[1]) - 1
    return next((place for word, place in _ORDINALS.items() if re.search(rf"\bthe {word}\b", text.lower())), None)


def _ranked(
    case: Case, plan: Plan, words: frozenset[str], among: Sequence[Entry], shown: set[str]
) -> list[tuple[float, Entry]]:
    """The entries by how well they fit the words; none when a step that is not in the plan fits clearly better."""
    read = {str(one["id"]): float(one["confidence"]) for one in case.turn.message.get("articles") or ()}
    troubles = case.turn.intent == "step_trouble"
    steps = case.library.steps
    rare = _rarity(steps.values())
    entries = {entry.step.id: entry for entry in among}
    found, elsewhere = [], 0.0
    for key, step in steps.items():
        score = max(_likeness(words, phrase, rare) for phrase in _phrases(step, troubles))
        if plan.get(key) is None:
            elsewhere = max(elsewhere, score)
        elif score > 0 and key in entries:
            score += READ * read.get(step.article, 0.0) + (SHOWN if key in shown else 0.0)
            found.append((score, entries[key]))
    found.sort(key=lambda one: (-one[0], not one[1].certain, one[1].step.id))
    if found and elsewhere >= max(CLEAR, found[0][0] + LEAD):
        return []
    return [one for one in found if one[0] >= POSSIBLE]


def _likeness(words: frozenset[str], phrase: frozenset[str], rare: Mapping[str, float]) -> float:
    both = sum(rare.get(word, 0.0) for word in words & phrase)
    of_phrase = sum(rare.get(word, 0.0) for word in phrase)
    of_text = sum(rare.get(word, 1.0) for word in words)
    return OF_PHRASE * both / of_phrase + OF_TEXT * both / of_text if both else 0.0


def _rarity(steps: Collection[Step]) -> Mapping[str, float]:
    """How much a word tells: the fewer steps have it, the more."""
    counts = Counter(word for step in steps for word in {one for phrase in _phrases(step, True) for one in phrase})
    return {word: math.log(1 + len(steps) / count) for word, count in counts.items()}


def _phrases(step: Step, troubles: bool) -> tuple[frozenset[str], ...]:
    said = (*step.done_when, step.title, *((one.what for one in step.trouble) if troubles else ()))
    return tuple(words for words in map(_words, said) if words) or (frozenset({step.id}),)


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    text = _NUMBERED_PAPER.sub(r"annex\1", text.lower())
    words = frozenset(word for word in subject_of(text) if word not in _COMMON and not word.isdigit())
    return frozenset(_SAME.get(word[:STEM], word[:STEM]) for word in words)

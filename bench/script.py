"""What the measured person says: rounds of twenty turns, a dossier in the middle, and the same round at both ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROUND = 20
LEAST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: a text, or a button. With `first_offered` the first button of the last reply is pressed; when
    the reply had none, the text is said instead."""

    kind: str
    text: str
    first_offered: bool = False

    def words(self, offered: Sequence[str]) -> str:
        """What is sent, after a reply with these buttons."""
        return offered[0] if self.first_offered and offered else self.text


def is_button(words: str) -> bool:
    """Whether they are what a button carries."""
    return words.startswith("/")


QUESTIONS: tuple[tuple[str, ...], ...] = (
    (
        "How do I register in Ghent as an EU citizen?",
        "do i need health insurance from a mutuality",
        "my landlord does not give my deposit back",
        "how can i open a bank account",
        "can i drive with my indian driving licence",
        "what is the single permit",
        "where can i learn dutch",
        "my residence card expires next month what now",
    ),
    (
        "we have a baby, how do we get child benefit",
        "how do I find a school for my daughter",
        "do I pay tax in belgium on my salary from abroad",
        "is my diploma valid here",
        "how do i find a family doctor",
        "i lost my residence card",
        "when does the police come to check my address",
        "can my wife work here",
    ),
    (
        "how much notice do I give to end my lease",
        "who registers the rental contract",
        "do I need a permit to park in my street",
        "how do I become belgian",
        "what is a criminal record extract and where do I get it",
        "can I start working before I have the card",
        "how do I file my tax return",
        "which number do I call for an ambulance",
    ),
    (
        "i am moving to another street in ghent",
        "what is the blue card",
        "can my parents come to live with me",
        "where do I throw away my rubbish",
        "i lost my job, can i get unemployment money",
        "do I need fire insurance for my flat",
        "can I bring my dog to belgium",
        "how do I get itsme",
    ),
    (
        "i want to work as self-employed, what do i need",
        "which documents must be legalised",
        "how long does family reunification take",
        "is there help for the partner of a researcher to find work",
        "what does a student room cost",
        "can i vote in the elections for the city",
        "how do i bring my car from germany",
        "i leave belgium for good, what must i do",
    ),
)


def _round(number: int) -> list[Turn]:
    questions = iter(QUESTIONS[number % len(QUESTIONS)])

    def ask() -> Turn:
        return Turn("question", next(questions))

    return [
        Turn("small talk", "hello"),
        Turn("button", "/what_now"),
        ask(),
        Turn("follow-up", "how much does it cost?"),
        Turn("follow-up", "where do I have to go?"),
        ask(),
        Turn("follow-up", "which papers do I need for that?"),
        Turn("small talk", "thanks"),
        ask(),
        ask(),
        Turn("follow-up", "by when do I have to do it?"),
        Turn("about oneself", "I live in Ghent"),
        ask(),
        Turn("follow-up", "and for my wife?"),
        ask(),
        Turn("small talk", "ok thank you"),
        ask(),
        Turn("follow-up", "where did you find this?"),
        ask(),
        Turn("small talk", "bye"),
    ]


DOSSIER = (
    Turn("dossier", "/open_dossier"),
    Turn("dossier", "yes", first_offered=True),
    Turn("dossier", "Priya"),
    Turn("dossier", "India"),
    Turn("dossier", "why do you ask?"),
    Turn("dossier", "in March 2027"),
    Turn("dossier", "how do I register in Ghent as an EU citizen?"),
    Turn("dossier", "Ghent", first_offered=True),
    Turn("dossier", "to work for a company", first_offered=True),
    Turn("dossier", "no"),
    Turn("dossier", "yes", first_offered=True),
    Turn("dossier", "how much does it cost?"),
    Turn("dossier", "yes", first_offered=True),
    Turn("dossier", "I come alone", first_offered=True),
    Turn("dossier", "housing", first_offered=True),
    Turn("dossier", "priya@example.org"),
    Turn("dossier", "stop"),
    Turn("dossier", "show me my dossier"),
    Turn("dossier", "do i need health insurance from a mutuality"),
    Turn("dossier", "thank you very much"),
)


def script(turns: int) -> list[Turn]:
    """So many turns: a multiple of twenty, at least sixty. The first and the last twenty are the same.

    Raises:
        ValueError: another number.
    """
    rounds, rest = divmod(turns, ROUND)
    if rest or rounds < LEAST_ROUNDS:
        raise ValueError(f"{turns} turns: choose a multiple of {ROUND}, from {ROUND * LEAST_ROUNDS} on")
    found = _round(0)
    for number in range(1, rounds - 1):
        found += DOSSIER if number == rounds // 2 else _round(number)
    return found + _round(0)


def questions() -> list[str]:
    """Every question of the rounds."""
    return [question for asked in QUESTIONS for question in asked]

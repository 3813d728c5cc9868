"""Why data are kept: the purposes of processing, in the words of the register.

Who is responsible (the controller) confirms the legal bases; the law gives the list, not the choice.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose. ``basis``: the article of the GDPR it rests on; ``recipients``: who gets to see it."""

    key: str
    title: str
    text: str
    basis: str
    recipients: tuple[str, ...]


AGENTS = "pre-care agents of the team that serves the person's town, and coordinators"
HOSTING = "who runs the servers, on behalf of the service (processor)"
PLATFORMS = (
    "Telegram or WhatsApp, when the person writes there: they carry the messages and keep them by their own rules"
)
PARTNERS = "the partner organisations that the person agreed to, one by one; what was agreed and no contact details"
OFFICER = "the privacy officer"

PURPOSES = {
    purpose.key: purpose
    for purpose in (
        Purpose(
            "conversation",
            "Answering questions",
            "Answer what people ask, bring in a colleague when they wish, and carry the messages both ways.",
            "task in the public interest, art. 6(1)(e)",
            (AGENTS, PLATFORMS, HOSTING),
        ),
        Purpose(
            "plan",
            "The plan with its dates",
            "Work out what somebody has to do in their situation, by when, and show it in a page they can take along.",
            "task in the public interest, art. 6(1)(e)",
            (AGENTS, "whoever the person gives the link to", HOSTING),
        ),
        Purpose(
            "dossier",
            "The pre-care dossier",
            "Give advice that fits one person, and follow it up.",
            "consent, art. 6(1)(a)",
            (AGENTS, HOSTING),
        ),
        Purpose(
            "sharing",
            "Sharing the profile with partners",
            "Let partner organisations find people who look for work and who agreed to it.",
            "consent, art. 6(1)(a)",
            (PARTNERS, HOSTING),
        ),
        Purpose(
            "consents",
            "Proof of consent and of rights",
            "Show what somebody agreed to, when they took it back, and what was done with their data at their request.",
            "legal obligation, art. 6(1)(c) with art. 5(2) and 7(1)",
            (AGENTS, OFFICER, HOSTING),
        ),
        Purpose(
            "quality",
            "Better answers",
            "See which answers helped, which questions found none, and mend the knowledge.",
            "task in the public interest, art. 6(1)(e)",
            ("content editors: verdicts, and questions with what looks personal hidden", HOSTING),
        ),
        Purpose(
            "desk",
            "Work at the desk",
            "Let colleagues log in, share the work between them and see what is theirs.",
            "task in the public interest, art. 6(1)(e); employment or contract with the colleague",
            ("colleagues at the desk", "administrators", HOSTING),
        ),
        Purpose(
            "security",
            "Security and accountability",
            "Keep others out, and be able to show who looked at what and who changed what.",
            "legal obligation, art. 6(1)(c) with art. 32 and 5(2)",
            (OFFICER, "administrators", HOSTING),
        ),
    )
}

SAFEGUARDS = (
    "Messages can be sent without a name; a conversation opens only with a long random token, kept as a hash.",
    "Addresses on Telegram and WhatsApp are encrypted and found by a keyed hash; the desk never shows them.",
    "Documents are encrypted, each with its own key, outside the web root, and only when an agent asked for one.",
    "What each role may do is one table; agents see their own teams; every look at a dossier is written down.",
    "Log files carry events with random numbers, never what somebody wrote; a test plants values and searches.",
    "Texts, addresses and documents end by rules of age that run every night; the person can erase everything earlier.",
    "Erased data are overwritten in the database file; a test searches the bytes of every file.",
    "Copies: what was erased is erased again when a copy is put back (`python -m dossiers reapply-erasures`).",
    "The bot is reached from this machine or a private network only, with a token, and forgets with the app.",
)

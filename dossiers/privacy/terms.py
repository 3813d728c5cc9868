"""How many days each rule of retention waits: a setting each (`RETENTION_TEXTS_DAYS`), proposals where nothing is set.

The law gives no figures: “no longer than is necessary”. Who is responsible confirms or changes them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

PROPOSED: Mapping[str, int] = {
    "inbox": 60,
    "outbox": 90,
    "codes": 1,
    "comments": 365,
    "handovers": 365,
    "drafts": 30,
    "documents": 30,
    "tasks": 365,
    "addresses": 365,
    "plans": 365,
    "texts": 180,
    "dossiers": 730,
    "consents": 1095,
    "receipts": 1825,
    "sessions": 30,
    "login_attempts": 30,
    "login_steps": 1,
    "invitations": 30,
    "runs": 1825,
}
LONGEST = 36500
Terms = Mapping[str, int]


class WrongTerm(ValueError):
    """A setting is not a number of days; the message names it."""


def setting(rule: str) -> str:
    """The name of the setting of a rule."""
    return f"RETENTION_{rule.upper()}_DAYS"


def configured(environment: Mapping[str, str] = os.environ) -> Terms:
    """The days of each rule as they are set.

    Raises:
        WrongTerm: a setting is not a whole number from 1 to 36500.
    """
    return {rule: _days(setting(rule), environment.get(setting(rule), ""), days) for rule, days in PROPOSED.items()}


def _days(name: str, value: str, proposed: int) -> int:
    if not value.strip():
        return proposed
    if not value.strip().isdecimal() or not 1 <= int(value) <= LONGEST:
        raise WrongTerm(f"{name} must be a number of days from 1 to {LONGEST}.")
    return int(value)

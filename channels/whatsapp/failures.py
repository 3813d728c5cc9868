"""What Meta's error codes mean for a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from channels.outbox import WINDOW_CLOSED


class Means(Enum):
    """What is to be done. `OURS`: something is wrong with our account or token, and somebody must look at it."""

    LATER = auto()
    EVERYBODY_LATER = auto()
    OURS = auto()
    NEVER = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Failure:
    """What an error means, and its short name for the outbox and the desk."""

    means: Means
    reason: str


# Codes and meanings: "Error codes" in the reference of the Cloud API.
TABLE = {
    # The token, or what it may do
    0: Failure(Means.OURS, "token_refused"),
    3: Failure(Means.OURS, "not_permitted"),
    10: Failure(Means.OURS, "not_permitted"),
    190: Failure(Means.OURS, "token_refused"),
    200: Failure(Means.OURS, "not_permitted"),
    131005: Failure(Means.OURS, "not_permitted"),
    # The account or the number we send from
    33: Failure(Means.OURS, "number_unknown"),
    131031: Failure(Means.OURS, "account_locked"),
    131037: Failure(Means.OURS, "name_not_approved"),
    131042: Failure(Means.OURS, "payment_problem"),
    131045: Failure(Means.OURS, "number_not_registered"),
    133010: Failure(Means.OURS, "number_not_registered"),
    # Too fast, or not at this moment
    4: Failure(Means.EVERYBODY_LATER, "rate_limit"),
    80007: Failure(Means.EVERYBODY_LATER, "rate_limit"),
    130429: Failure(Means.EVERYBODY_LATER, "rate_limit"),
    131048: Failure(Means.EVERYBODY_LATER, "rate_limit_spam"),
    131057: Failure(Means.EVERYBODY_LATER, "maintenance"),
    133004: Failure(Means.EVERYBODY_LATER, "unavailable"),
    131056: Failure(Means.LATER, "rate_limit_person"),
    # Something broke on their side; it is not said before or after the message was taken
    1: Failure(Means.UNKNOWN, "api_unknown"),
    2: Failure(Means.UNKNOWN, "unavailable"),
    131000: Failure(Means.UNKNOWN, "something_wrong"),
    131016: Failure(Means.UNKNOWN, "unavailable"),
    # This person
    130472: Failure(Means.NEVER, "experiment"),
    130497: Failure(Means.NEVER, "country_not_allowed"),
    131021: Failure(Means.NEVER, "own_number"),
    131026: Failure(Means.NEVER, "undeliverable"),
    131030: Failure(Means.NEVER, "number_not_allowed"),
    131047: Failure(Means.NEVER, WINDOW_CLOSED),
    131049: Failure(Means.NEVER, "too_many_marketing"),
    131050: Failure(Means.NEVER, "opted_out"),
    131062: Failure(Means.NEVER, "needs_number"),
    # This message
    100: Failure(Means.NEVER, "invalid"),
    368: Failure(Means.NEVER, "policy"),
    131008: Failure(Means.NEVER, "invalid"),
    131009: Failure(Means.NEVER, "invalid"),
    131051: Failure(Means.NEVER, "unsupported"),
    132000: Failure(Means.NEVER, "template_values"),
    132001: Failure(Means.NEVER, "template_unknown"),
    132005: Failure(Means.NEVER, "template_values"),
    132007: Failure(Means.NEVER, "template_policy"),
    132012: Failure(Means.NEVER, "template_values"),
    132015: Failure(Means.NEVER, "template_paused"),
    132016: Failure(Means.NEVER, "template_disabled"),
    132018: Failure(Means.NEVER, "template_values"),
}


def failure(status: int, code: int | None) -> Failure:
    """What an answer that is no success means. A code says more than the HTTP status; a server error without a known
    code may have come after the message was taken."""
    if code in TABLE:
        return TABLE[code]
    if status >= 500:
        return Failure(Means.UNKNOWN, f"status_{status}")
    if status == 429:
        return Failure(Means.EVERYBODY_LATER, "rate_limit")
    if status in (401, 403):
        return Failure(Means.OURS, "not_permitted")
    if status < 400 or status == 404:  # nothing of Meta's is at this address
        return Failure(Means.OURS, f"status_{status}")
    return Failure(Means.NEVER, f"error_{code}" if code is not None else f"status_{status}")


def reason(code: int | None) -> str:
    """The short name of an error that a receipt tells."""
    if code is None:
        return "failed"
    return TABLE[code].reason if code in TABLE else f"error_{code}"

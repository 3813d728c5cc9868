"""The names of the signs of life in a conversation. They travel between open pages and are never stored."""

from __future__ import annotations

# Who types. The person's sign is told to colleagues, the colleague's to the person: never what is typed.
PERSON_TYPES, COLLEAGUE_TYPES = "person-types", "colleague-types"
READS = "reads:"  # and the id of the agent who has the conversation open


def reads(agent_id: str) -> str:
    """The sign that an agent has the conversation open."""
    return f"{READS}{agent_id}"


def readers(signs: frozenset[str]) -> frozenset[str]:
    """The ids of the agents who have it open."""
    return frozenset(sign.removeprefix(READS) for sign in signs if sign.startswith(READS))

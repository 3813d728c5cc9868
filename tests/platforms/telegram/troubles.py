"""What goes wrong because a test wants it so."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields
from typing import Any

SENDS = ("sendmessage", "sendlocation", "sendvenue")
WEBHOOK = "webhook"


@dataclass
class Fault:
    """One thing that goes wrong with requests of ``on`` (a method, `send` for all that send, or `webhook`).

    ``do``: `retry_after` (429, wait ``seconds``), `error` (``status``), `drop` (the connection is cut), `slow` (the
    answer comes after ``seconds``); for webhooks `double` (brought twice), `twice_at_once`, `delay`.
    ``taken``: whether the request is carried out all the same. ``times``: how often, or ``share`` of all.
    """

    do: str
    on: str = "send"
    times: int = 1
    share: float | None = None
    chat: int | None = None
    seconds: float = 1.0
    status: int = 500
    taken: bool = False

    def meets(self, method: str, chat: int | None) -> bool:
        """Whether it is about this request."""
        mine = method in SENDS if self.on == "send" else method == self.on.casefold()
        return mine and (self.chat is None or self.chat == chat)


class Troubles:
    """Faults in the order they were set; a request meets at most one."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.chance = random.Random(7)

    def add(self, given: dict[str, Any]) -> None:
        """Sets a fault."""
        known = {name.name for name in fields(Fault)}
        if unknown := given.keys() - known:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        self.faults.append(Fault(**given))

    def met(self, method: str, chat: int | None) -> Fault | None:
        """The fault that a request meets."""
        for fault in self.faults:
            if not fault.meets(method, chat):
                continue
            if fault.share is not None:
                if self.chance.random() < fault.share:
                    return fault
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault
        return None

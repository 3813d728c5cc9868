"""What a run found, for people and as one line of JSON."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.torture.people import Wait
from tests.torture.records import Fault, Finding, Talk

MOST_SHOWN = 40


@dataclass
class Report:
    """Everything that is told at the end. ``problems``: what kept the run from being one; ``remarks``: good to know."""

    seed: int
    seconds: float
    talks: Sequence[Talk]
    findings: Sequence[Finding]
    waits: Sequence[Wait]
    blows: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    problems: Sequence[str] = ()
    remarks: Sequence[str] = ()

    @property
    def good(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.findings and not self.problems

    def as_json(self) -> dict[str, Any]:
        """One line for machines."""
        return {
            "seed": self.seed,
            "good": self.good,
            "seconds": round(self.seconds, 1),
            "channels": {channel: self._counts(channel) for channel in sorted({talk.channel for talk in self.talks})},
            "findings": dict(Counter(finding.fault.value for finding in self.findings)),
            "blows": dict(sorted(self.blows.items())),
            "faults": dict(sorted(self.faults.items())),
            "waits": self._waits(),
            "problems": len(self.problems),
        }

    def _counts(self, channel: str) -> dict[str, Any]:
        talks = [talk for talk in self.talks if talk.channel == channel]
        found = [finding for finding in self.findings if finding.channel == channel]
        return {
            "people": len(talks),
            "sent": sum(len(talk.sent) for talk in talks),
            "kept": sum(1 for talk in talks for one in talk.kept if one.sender == "person"),
            "said": sum(1 for talk in talks for one in talk.kept if one.sender != "person"),
            "seen": sum(len(talk.seen) for talk in talks),
            "handovers": sum(talk.taken for talk in talks),
            **{fault.value: sum(1 for finding in found if finding.fault is fault) for fault in Fault},
        }

    def _waits(self) -> dict[str, float]:
        seconds = sorted(wait.seconds for wait in self.waits)
        if len(seconds) < 2:
            return {}
        return {
            "answers": len(seconds),
            "median": round(statistics.median(seconds), 2),
            "p95": round(statistics.quantiles(seconds, n=20)[-1], 2),
            "longest": round(seconds[-1], 1),
            "gave_up": sum(1 for wait in self.waits if not wait.answered),
        }

    def lines(self) -> Iterable[str]:
        """For people, with the JSON last."""
        told = self.as_json()
        yield f"seed {self.seed}, {told['seconds']} seconds"
        for channel, counts in told["channels"].items():
            good = "  ".join(
                f"{name} {counts[name]}" for name in ("people", "sent", "kept", "said", "seen", "handovers")
            )
            yield f"{channel:<9} {good}"
            yield " " * 10 + "  ".join(f"{fault.value} {counts[fault.value]}" for fault in Fault)
        yield "blows:    " + ", ".join(f"{name} {count}" for name, count in told["blows"].items())
        yield "faults:   " + ", ".join(f"{name} {count}" for name, count in told["faults"].items())
        yield "answers:  " + ", ".join(f"{name} {value}" for name, value in told["waits"].items())
        slowest = max(self.waits, key=lambda wait: wait.seconds, default=None)
        if slowest is not None:
            yield f"longest silence: {slowest.seconds:.1f} s, {slowest.where}, floor: {slowest.floor}"
        for finding in list(self.findings)[:MOST_SHOWN]:
            yield f"WRONG {finding}"
        if len(self.findings) > MOST_SHOWN:
            yield f"… and {len(self.findings) - MOST_SHOWN} more"
        for problem in self.problems:
            yield f"PROBLEM {problem}"
        for remark in self.remarks:
            yield f"remark: {remark}"
        yield json.dumps(told)

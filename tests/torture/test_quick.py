"""The torture itself, in short: three channels, a stub bot, one app on SQLite, a handful of kills; nothing is wrong."""

from __future__ import annotations

import asyncio

import pytest

from tests.torture.options import CHANNELS, quick
from tests.torture.records import Fault
from tests.torture.report import Report
from tests.torture.story import Story

SEED = 20261123


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One run for all tests of this file."""
    said: list[str] = []
    return asyncio.run(Story(quick(tmp_path_factory.mktemp("torture"), SEED), said.append).run())


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_out_of_order_while_everything_is_killed(report: Report) -> None:
    assert report.good, "\n".join(report.lines())


@pytest.mark.slow
def test_it_was_a_torture(report: Report) -> None:
    told = report.as_json()
    assert told["blows"]["kill app"] >= 1, told
    assert told["blows"]["kill bot"] >= 1, told
    assert sum(told["faults"].values()) > 5, told
    for channel in CHANNELS:
        counts = told["channels"][channel]
        assert counts["sent"] > 5, told
        assert counts["sent"] == counts["kept"], told
        assert counts["said"] >= 5, told
        assert [counts[fault.value] for fault in Fault] == [0] * len(Fault), told

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import machine

pytestmark = pytest.mark.skipif(not Path("/proc/stat").exists(), reason="needs Linux's /proc")
CHILD = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "x = b'1' * 50_000_000; print(1, flush=True); input()"])
"""


@pytest.fixture
def family() -> Iterator[int]:
    """A process with a child that holds 50 MB, in a group of their own."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process.pid
    process.communicate(b"\n")


def test_memory_is_that_of_all_processes_of_the_group(family: int):
    assert len(list(machine.group(family))) == 2
    found = machine.memory(family)
    assert found is not None
    assert 50 < found < 120


def test_a_group_that_has_ended_has_no_memory():
    done = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    done.wait()
    assert machine.memory(done.pid) is None


def test_own_work_is_not_other_programs_work():
    before = machine.Work(1000, 400, 300)
    assert machine.others_share(before, machine.Work(1200, 560, 420)) == 0.2
    assert machine.others_share(before, before) is None
    assert machine.others_share(None, before) is None
    assert machine.Work.now([os.getpid()]) is not None


def test_size_counts_a_file_with_two_names_once(tmp_path: Path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a").write_bytes(os.urandom(3 * machine.MB))
    (tmp_path / "two").hardlink_to(tmp_path / "one" / "a")
    assert machine.size(tmp_path) == 3
    assert machine.size(tmp_path / "one" / "a", tmp_path / "missing") == 3


def test_the_machine_is_described():
    found = machine.description()
    assert found["cores"] >= 1
    assert found["processor"]


def test_the_work_of_a_child_that_has_ended_is_known():
    before = machine.Work.now(())
    subprocess.run([sys.executable, "-c", "sum(range(20_000_000))"], check=True)
    after = machine.Work.now(())
    assert before is not None
    assert after is not None
    assert after.known - before.known >= 10

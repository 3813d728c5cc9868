"""What the machine says: memory and work of processes, room on the disk, and how busy it is with other things."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROC = Path("/proc")
MB = 1024 * 1024


def group(leader: int) -> Iterator[tuple[Path, list[str]]]:
    """The processes of a group: their folders below /proc and the fields of `stat` after the name."""
    for folder in PROC.glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if len(fields) > 20 and int(fields[2]) == leader:
            yield folder, fields


def memory(leader: int) -> float | None:
    """Megabytes of a group's processes, shared memory counted once (PSS); None where it cannot be read."""
    found = [_pss(folder) for folder, _ in group(leader)]
    return round(sum(found) / 1024, 1) if found else None


def _pss(folder: Path) -> int:
    try:
        lines = (folder / "smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def ticks(leader: int) -> int:
    """Work of a group's processes so far, in clock ticks."""
    return sum(int(fields[11]) + int(fields[12]) for _, fields in group(leader))


@dataclass(frozen=True, slots=True)
class Work:
    """All work of the machine, and how much of it was that of some groups, of this process and of the children that it
    has waited for, in clock ticks."""

    all: int
    busy: int
    known: int

    @classmethod
    def now(cls, leaders: Iterable[int]) -> Work | None:
        """Read it; None where there is no /proc."""
        try:
            numbers = [int(n) for n in (PROC / "stat").read_text(encoding="utf-8").splitlines()[0].split()[1:9]]
        except OSError:
            return None
        mine = sum(os.times()[:4])  # own and children's
        known = sum(ticks(leader) for leader in leaders) + round(mine * os.sysconf("SC_CLK_TCK"))
        return cls(sum(numbers), sum(numbers) - numbers[3] - numbers[4], known)


def others_share(before: Work | None, after: Work | None) -> float | None:
    """The share of the machine's processors, between 0 and 1, that something else used meanwhile."""
    if before is None or after is None or after.all <= before.all:
        return None
    others = (after.busy - before.busy) - (after.known - before.known)
    return round(max(0.0, others / (after.all - before.all)), 2)


def load() -> float:
    """How many processes wanted a processor in the last minute."""
    return round(os.getloadavg()[0], 2)


def size(*paths: Path) -> int:
    """Megabytes on the disk; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for path in paths:
        for file in [path, *path.rglob("*")] if path.is_dir() else [path]:
            try:
                stat = file.lstat()
            except OSError:
                continue
            seen[stat.st_dev, stat.st_ino] = stat.st_blocks * 512
    return round(sum(seen.values()) / MB)


def description() -> dict[str, Any]:
    """Which machine it is."""
    model = platform.processor() or platform.machine()
    total = None
    try:
        for line in (PROC / "cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
        first = (PROC / "meminfo").read_text(encoding="utf-8").splitlines()[0]
        total = round(int(first.split()[1]) / 1024 / 1024, 1)
    except OSError:
        pass
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": total,
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }

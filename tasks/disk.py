"""Room on the disk, asked for before the work starts."""

from __future__ import annotations

import shutil
from pathlib import Path

from tasks.errors import Problem
from tasks.paths import ENCODER, ENVIRONMENTS, MODELS, ROOT

MEGABYTE = 1_000_000
NEEDS = {  # megabytes, with the installer's own store beside it
    ENVIRONMENTS / "app": 1100,
    ENVIRONMENTS / "bot": 2400,
    MODELS: 500,  # with the vectors that are remembered for the next training
    ENCODER: 1500,  # while it is built
}
ALWAYS = 100


def needed(needs: dict[Path, int]) -> int:
    """Megabytes that the parts which are not there yet will take."""
    return ALWAYS + sum(size for path, size in needs.items() if not path.exists())


def check(root: Path = ROOT) -> None:
    """Raise a sentence when the disk has less room than the work will take."""
    free = shutil.disk_usage(root).free // MEGABYTE
    wanted = needed(NEEDS)
    if free < wanted:
        raise Problem(
            f"The disk that holds {root} has {free} MB free and about {wanted} MB are needed: "
            "make room and start again."
        )

"""Rewrites the golden files: `python -m tests.channels.rendering.render`. Look at what changed before you keep it.

Each message is stored as it was made, so that an edited article changes no test. `--new` makes the messages anew too,
from the knowledge as it is.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from channels.platform import Outgoing, Part
from channels.rendering import plain, telegram, whatsapp
from tests.channels.rendering.messages import SCENES, scene

GOLDEN = Path(__file__).parent / "golden"
LOOK: dict[str, Any] = {"ensure_ascii": False, "indent": 1}


def stored(name: str) -> Outgoing:
    """A message as it was made."""
    return Outgoing(**json.loads((GOLDEN / f"{name}.message.json").read_text(encoding="utf-8")))


def golden(name: str, form: str) -> str:
    """What a message must look like."""
    return (GOLDEN / f"{name}.{form}.txt").read_text(encoding="utf-8")


def rendered(message: Outgoing) -> dict[str, str]:
    """A message in every form, to be read by people."""
    return {
        "telegram": _parts(telegram.render(message)),
        "whatsapp": _parts(whatsapp.render(message)),
        "plain": f"{plain.render(message)}\n",
    }


def _parts(parts: Sequence[Part]) -> str:
    """Every part: its method, its words, and all of its body around them."""
    found = []
    for number, part in enumerate(parts, start=1):
        words = _words(part.body)
        body = json.dumps(part.body, **LOOK).replace(json.dumps(words, ensure_ascii=False), '"(the words above)"')
        found.append(f"=== {number}. {part.method}\n{words}\n--- in\n{body}\n")
    return "".join(found)


def _words(body: dict[str, Any]) -> str:
    text = body["interactive"]["body"]["text"] if "interactive" in body else body["text"]
    return str(text if isinstance(text, str) else text["body"])


def write(names: Sequence[str], *, anew: bool) -> None:
    """Writes the golden files of these messages."""
    GOLDEN.mkdir(exist_ok=True)
    for name in names:
        file = GOLDEN / f"{name}.message.json"
        if anew or not file.exists():
            with scene() as here:
                made = asdict(SCENES[name](here))
            file.write_text(json.dumps(made, **LOOK) + "\n", encoding="utf-8")
        for form, text in rendered(stored(name)).items():
            (GOLDEN / f"{name}.{form}.txt").write_text(text, encoding="utf-8")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="some messages only")
    parser.add_argument("--new", action="store_true", help="make the messages anew too")
    given = parser.parse_args()
    write(given.names or list(SCENES), anew=given.new)


if __name__ == "__main__":
    main()

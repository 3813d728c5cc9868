"""How much a town's visitors download."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from pathlib import Path

LOADER, ALL = 5_000, 30_000


def test_the_widget_stays_small(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    sizes = {name: len(gzip.compress((built / name).read_bytes(), 9)) for name in manifest["files"]}
    assert sizes[manifest["loader"]] < LOADER
    assert sum(sizes.values()) < ALL


def test_the_manifest_gives_the_integrity_to_pin(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    for name, file in manifest["files"].items():
        digest = hashlib.sha384((built / name).read_bytes()).digest()
        assert file["integrity"] == f"sha384-{base64.b64encode(digest).decode()}"


def test_the_build_has_nothing_that_a_strict_page_forbids(built: Path) -> None:
    for file in built.rglob("*.js"):
        text = file.read_text()
        assert "eval(" not in text
        assert "new Function" not in text
        assert 'createPolicy("lit-html"' not in text

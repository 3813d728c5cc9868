"""How much a town's visitors download."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

LOADER, ENGLISH, PIECE = 5_000, 30_000, 4_000
LANGUAGES = {"nl", "fr", "de", "es"}


def test_the_widget_stays_small(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    sizes = {name: len(gzip.compress((built / name).read_bytes(), 9)) for name in manifest["files"]}
    assert sizes[manifest["loader"]] < LOADER
    assert sizes[manifest["loader"]] + sizes[manifest["panel"]] < ENGLISH
    assert set(manifest["pieces"]) == LANGUAGES | {"menu"}
    assert {name: size for name in manifest["pieces"].values() if (size := sizes[name]) >= PIECE} == {}


def test_a_pinned_loader_leads_to_files_with_a_fingerprint_only(built: Path) -> None:
    """So a page that pins one goes on working after an update, as long as the old files are kept."""
    manifest = json.loads((built / "manifest.json").read_text())
    loader, panel = built / manifest["pinned"], built / manifest["panel"]
    digest = hashlib.sha256(loader.read_bytes()).hexdigest()
    assert manifest["pinned"] == f"widget-{digest[:8]}.js"
    assert loader.read_bytes() == (built / manifest["loader"]).read_bytes()
    assert manifest["panel"] in loader.read_text()
    for piece in manifest["pieces"].values():
        assert piece in panel.read_text()
        assert (built / piece).is_file()


def test_a_piece_imports_nothing(built: Path) -> None:
    """A panel that was fetched at a second try has another address: a piece that imported it would fetch it twice."""
    for file in built.glob("*-*.js"):
        assert not re.search(r"""\b(?:import|from)\s*["'`]""", file.read_text()), file.name


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

"""What the documents promise has to be there."""

import re
from pathlib import Path

import pytest

from tasks import __main__ as command
from tasks import settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/decisions/README.md"]
EXAMPLE = settings.parse((ROOT / ".env.example").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_to_files_lead_somewhere(name: str):
    document = ROOT / name
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)\)", document.read_text(encoding="utf-8"))
    for link in links:
        assert link.startswith("https://") or (document.parent / link).exists(), link


def test_every_make_command_of_the_documents_exists():
    targets = set(re.findall(r"^([a-z]+):.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in [*DOCUMENTS, ".ci/run"]:
        used = set(re.findall(r"(?:`|^)make ([a-z]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        assert used <= targets, name
    assert targets - {"help"} <= set(command.HELP)


def test_every_setting_of_the_tasks_is_explained_with_its_default():
    for name, default in settings.DEFAULTS.items():
        assert EXAMPLE[name] == default
    for name in (*settings.SECRET_NAMES, "ACTION_ENDPOINT_URL"):
        assert EXAMPLE[name] == ""


def test_every_setting_of_the_app_is_explained():
    app_settings = pytest.importorskip("app.settings")
    for name in app_settings.Settings.model_fields:
        assert name.upper() in EXAMPLE


def test_every_record_is_listed():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(path.name for path in folder.glob("0*.md"))

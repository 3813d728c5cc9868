"""What tames Rasa 3.6 is in force."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import Any

import pytest
from jsonschema import Draft7Validator, ValidationError

from bot import launcher, without_tensorflow
from bot.settings import ROOT

LOADED = """
import json, sys
from bot.launcher import prepare
prepare()
import rasa.__main__, rasa.core.agent, rasa.engine.recipes.default_components
names = list(sys.modules)
print(json.dumps({"order": names.index("skops.io") < names.index("rasa"),
                  "loaded": [n for n in names if n.split(".")[0] in ("tensorflow", "keras", "torch", "jax")]}))
"""


def test_no_tensorflow_is_installed() -> None:
    assert all(importlib.util.find_spec(name) is None for name in ("tensorflow", "keras", "torch"))


def test_rasa_loads_without_tensorflow_and_after_skops() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == {"order": True, "loaded": []}


def test_a_replaced_component_says_why_it_is_off() -> None:
    from rasa.nlu.classifiers.diet_classifier import DIETClassifier

    with pytest.raises(RuntimeError, match="DIETClassifier needs TensorFlow"):
        DIETClassifier()


def test_installing_twice_adds_one_finder() -> None:
    before = len(sys.meta_path)
    without_tensorflow.install()
    assert len(sys.meta_path) == before


def test_the_check_of_an_action_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.core.actions.action import RemoteAction

    launcher.build_action_validator_once()
    checked: list[Any] = []
    monkeypatch.setattr(Draft7Validator, "check_schema", lambda *arguments, **_: checked.append(arguments))
    action = RemoteAction("action_answer", None)
    for _ in range(20):
        assert action._validate_action_result({"events": [], "responses": [{"text": "hello"}]})
    with pytest.raises(ValidationError):
        action._validate_action_result({"events": [], "responses": "hello"})
    assert checked == []


def test_nothing_is_reported() -> None:
    import rasa.telemetry

    assert rasa.telemetry.is_telemetry_enabled() is False


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            ["run"],
            [
                "run",
                "--model",
                "var/models",
                "--interface",
                "127.0.0.1",
                "--port",
                "5005",
                "--auth-token",
                "t",
                "--enable-api",
            ],
        ),
        (
            ["run", "-i", "0.0.0.0", "--port=1", "-t", "x", "--enable-api", "-m", "m"],
            ["run", "-i", "0.0.0.0", "--port=1", "-t", "x", "--enable-api", "-m", "m"],
        ),
        (["run", "actions"], ["run", "actions"]),
        (["train", "nlu"], ["train", "nlu", "--out", "var/models"]),
        (["train", "--out", "here"], ["train", "--out", "here"]),
        (["test", "core"], ["test", "core", "--model", "var/models", "--out", "var/results"]),
        (["shell", "nlu"], ["shell", "nlu", "--model", "var/models"]),
        (["data", "validate"], ["data", "validate"]),
        (["run", "--help"], ["run", "--help"]),
        ([], []),
    ],
)
def test_defaults_are_added_to_what_was_given(given: list[str], expected: list[str]) -> None:
    assert launcher.with_defaults(given, {"BOT_TOKEN": "t"}) == expected

"""Every Rasa command, tamed: `python -m bot train`, `python -m bot run`, `python -m bot data validate` …

Takes care, before Rasa is imported, of what Rasa 3.6 gets wrong here: TensorFlow is not needed, starting is
fast, the answer of an action is checked with a validator that is built once, nothing is reported to anybody,
and the server listens on the loopback address with its token set.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from bot import settings, without_tensorflow

MODELS = "var/models"
RESULTS = "var/results"
SUBCOMMANDS = {"train": {"core", "nlu"}, "test": {"core", "nlu"}, "shell": {"nlu"}, "interactive": {"core"}}
OPTIONS = {
    "run": ("--model", "--interface", "--port", "--auth-token", "--enable-api"),
    "shell": ("--model", "--interface", "--port"),
    "interactive": ("--model", "--interface", "--port"),
    "train": ("--out",),
    "test": ("--model", "--out"),
}
SHORT = {"--model": "-m", "--interface": "-i", "--port": "-p", "--auth-token": "-t"}


def _given(option: str, arguments: Sequence[str]) -> bool:
    short = SHORT.get(option)
    return any(
        argument == option
        or argument.startswith(f"{option}=")
        or (short is not None and argument.startswith(short) and not argument.startswith("--"))
        for argument in arguments
    )


def with_defaults(arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Add this project's defaults to the arguments of a Rasa command; what was given wins.

    >>> with_defaults(["train", "nlu"], {})
    ['train', 'nlu', '--out', 'var/models']
    """
    if not arguments or arguments[0] not in OPTIONS or "-h" in arguments or "--help" in arguments:
        return list(arguments)
    command, rest = arguments[0], list(arguments[1:])
    head = [command]
    if command == "run" and "actions" in rest[:1]:
        return list(arguments)
    if rest and rest[0] in SUBCOMMANDS.get(command, set()):
        head.append(rest.pop(0))
    values = {
        "--model": MODELS,
        "--out": RESULTS if command == "test" else MODELS,
        "--interface": environment.get("BOT_HOST", "127.0.0.1"),
        "--port": environment.get("BOT_PORT", "5005"),
        "--enable-api": "",  # the app asks for the status
    }
    if token := environment.get("BOT_TOKEN"):
        values["--auth-token"] = token
    if head == ["shell", "nlu"]:
        values = {"--model": MODELS}
    added: list[str] = []
    for option in OPTIONS[command]:
        if values.get(option) is not None and not _given(option, rest):
            added += [option, values[option]] if values[option] else [option]
    return head + added + rest


def build_action_validator_once() -> None:
    """Replace the check of an action's answer: Rasa rechecks the schema itself on each call, which takes 70 ms."""
    from jsonschema import Draft7Validator
    from rasa.core.actions.action import RemoteAction

    validator = Draft7Validator(RemoteAction.action_response_format_spec())

    def validate(_: Any, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate  # noqa: SLF001  the one place where Rasa itself is changed


def _silence_deprecations() -> None:
    """Show no deprecation of the libraries that Rasa pins; some of them switch these warnings on again themselves."""
    show = warnings.showwarning

    def shown(message: Any, category: type[Warning], *place: Any, **more: Any) -> None:
        if not issubclass(category, DeprecationWarning):
            show(message, category, *place, **more)

    warnings.showwarning = shown


def prepare() -> None:
    """Set up the environment and make Rasa importable; safe to call twice."""
    settings.set_environment()
    _silence_deprecations()
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(settings.resolve("var/cache")))
    if not sys.stderr.isatty():
        os.environ.setdefault("TQDM_DISABLE", "1")  # progress bars fill log files
    without_tensorflow.install()
    if "rasa" not in sys.modules:
        import skops.io  # noqa: F401  it scans every loaded module: first, while there are few


def main() -> None:
    """Run a Rasa command with the arguments of this process."""
    prepare()
    build_action_validator_once()
    sys.argv = [sys.argv[0], *with_defaults(sys.argv[1:], os.environ)]
    from rasa.__main__ import main as rasa_main

    rasa_main()

"""`make test`: the widget's tests, pytest in both environments, one summary and one closing line."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tasks import model, parts, start, system_packages
from tasks.console import complain, say
from tasks.errors import Problem
from tasks.paths import APP_PYTHON, BOT_PYTHON, ROOT, VAR, WIDGET
from tasks.processes import run_shown

RESULTS = VAR / "test-results"
NO_TESTS = 5  # pytest's exit code


@dataclass
class Count:
    """How one run ended."""

    title: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def line(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_junit(title: str, file: Path, code: int) -> Count:
    """Count what pytest wrote; a run that broke off without a failed test counts as one failure."""
    count = Count(title)
    if file.exists():
        for suite in ET.parse(file).getroot().iter("testsuite"):  # noqa: S314 - written by our own run
            number = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
            count.failed += number["failures"] + number["errors"]
            count.skipped += number["skipped"]
            count.passed += number["tests"] - number["failures"] - number["errors"] - number["skipped"]
    if code not in (0, NO_TESTS) and not count.failed:
        count.failed = 1
    return count


def read_vitest(title: str, file: Path, code: int) -> Count:
    """Count what vitest wrote."""
    count = Count(title)
    if file.exists():
        found = json.loads(file.read_text(encoding="utf-8"))
        count.passed, count.failed = found.get("numPassedTests", 0), found.get("numFailedTests", 0)
        count.skipped = found.get("numPendingTests", 0) + found.get("numTodoTests", 0)
    if code != 0 and not count.failed:
        count.failed = 1
    return count


def run_pytest(
    title: str, python: Path, where: Sequence[str], env: Mapping[str, str], more: Sequence[str] = ()
) -> Count:
    """One run of pytest in one environment."""
    say(f"\n== {title}")
    file = RESULTS / f"{title.replace(' ', '-')}.xml"
    file.unlink(missing_ok=True)
    code = run_shown([str(python), "-m", "pytest", *where, f"--junitxml={file}", *more], env)
    return read_junit(title, file, code)


def run_widget(settings: Mapping[str, str]) -> Count | None:
    """The widget's own tests, when it has some."""
    package = WIDGET / "package.json"
    if not package.exists() or "test" not in json.loads(package.read_text(encoding="utf-8")).get("scripts", {}):
        return None
    title = "widget"
    say(f"\n== {title}")
    file = RESULTS / "widget.json"
    file.unlink(missing_ok=True)
    npm, environment = parts.widget_modules(settings)
    reporters = ["--", "--reporter=default", "--reporter=json", f"--outputFile.json={file}"]
    return read_vitest(title, file, run_shown([*npm, "test", *reporters], environment, WIDGET))


def left_out(missing: Sequence[system_packages.Tool]) -> list[str]:
    """The arguments that leave out tests which cannot run here; says which and why."""
    for tool in missing:
        complain(
            f"The tests marked {tool.marker!r} are left out: {tool.title} is not on this machine and may "
            f"not be installed from here (on Debian: apt install {tool.package})."
        )
    return ["-m", " and ".join(f"not {tool.marker}" for tool in missing)] if missing else []


def run(settings: Mapping[str, str]) -> int:
    """Everything; 1 when anything failed."""
    missing = system_packages.ensure()
    start.prepare_without_model(settings)
    RESULTS.mkdir(parents=True, exist_ok=True)
    chromium = system_packages.TOOLS[0].path()
    env = {**settings, **({"CHROMIUM": str(chromium)} if chromium else {})}
    without = left_out(missing)
    with ThreadPoolExecutor(1) as beside:
        # most tests need no trained model, so it is trained beside them
        training = beside.submit(model.ensure, settings, yielding=True)
        counts = list(_without_model(settings, env, without))
        training.result()
    counts.append(run_pytest("whole", APP_PYTHON, ["tests/whole"], env, without))
    return summary(counts)


def _without_model(settings: Mapping[str, str], env: Mapping[str, str], without: Sequence[str]) -> Iterator[Count]:
    if widget := run_widget(settings):
        yield widget
    if (ROOT / "tests" / "bot").is_dir():
        # the bot's environment is another one: what the app's tests share cannot be imported there
        yield run_pytest("bot", BOT_PYTHON, ["tests/bot", "--confcutdir=tests/bot"], env, without)
    # a file's tests stay together in one process, because they share servers and browsers
    at_once = ["--numprocesses=auto", "--dist=loadfile"]
    where = ["tests", "--ignore=tests/bot", "--ignore=tests/whole"]
    yield run_pytest("app", APP_PYTHON, where, env, [*at_once, *without])


def summary(counts: Sequence[Count]) -> int:
    """One line for each run and the closing line of all."""
    say("\n== Summary")
    total = Count("all")
    for count in counts:
        say(f"{count.title}: {count.line()}")
        total.passed += count.passed
        total.failed += count.failed
        total.skipped += count.skipped
    say(total.line())
    if total.passed + total.failed == 0:
        raise Problem("No test ran.")
    return 1 if total.failed else 0

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks import errors, processes
from tasks.errors import CommandFailed, Problem


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_a_command_leaves_its_words_in_the_log(checkout: Path, capsys: pytest.CaptureFixture[str]):
    said = processes.run_logged(python("print('hello'); print('again')"), label="Saying hello", log="hello.log")
    assert said == "hello\nagain"
    assert (checkout / "var" / "logs" / "hello.log").read_text() == "hello\nagain\n"
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "Saying hello ..."
    assert shown[1].startswith("Saying hello: done in ")


def test_a_failure_is_a_sentence_with_the_last_words(checkout: Path):
    with pytest.raises(CommandFailed) as raised:
        processes.run_logged(python("print('no such thing.'); raise SystemExit(3)"), label="Looking", log="look.log")
    assert str(raised.value) == "Looking did not work: no such thing (all of it: var/logs/look.log)."
    assert raised.value.code == 3


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk that holds"),
        ("sqlite3.OperationalError: database or disk is full", "The disk that holds"),
        ("error sending request for url (...)", "The package index cannot be reached"),
        ("npm error code EAI_AGAIN", "The package index cannot be reached"),
    ],
)
def test_known_causes_get_their_own_sentence(checkout: Path, said: str, sentence: str):
    with pytest.raises(Problem) as raised:
        processes.run_logged(
            python(f"print({said!r}); raise SystemExit(1)"), label="Installing", log="i.log", installing=True
        )
    assert str(raised.value).startswith(sentence)


def test_other_words_have_no_known_cause():
    assert errors.diagnose("the server says: connection refused", Path("/")) is None
    assert errors.diagnose("SyntaxError: invalid syntax", Path("/")) is None


def test_a_missing_program_is_a_sentence(checkout: Path):
    with pytest.raises(Problem, match="is missing: `make clean` and `make run`"):
        processes.run_logged([str(checkout / ".venv" / "app" / "bin" / "python")], label="x", log="x.log")


def test_a_whole_group_is_stopped_also_when_it_does_not_listen():
    text = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    process = processes.start_group(python(text), os.environ)
    assert process.stdout is not None
    child = Path("/proc") / process.stdout.readline().strip() / "stat"
    began = time.monotonic()
    processes.stop_group(process, patience=0.5)
    assert time.monotonic() - began < 10
    assert process.poll() is not None
    assert not child.exists() or child.read_text().split()[2] == "Z"
    process.stdout.close()


def test_last_words():
    assert processes.last_words("first\nthe end.\n\n") == "the end"
    assert processes.last_words("\x1b[91mno model\x1b[0m") == "no model"
    assert processes.last_words("") == "it said nothing"


def test_a_command_in_front_may_tidy_up(tmp_path: Path):
    text = (
        "import pathlib, time\n"
        "try:\n"
        "    print('up', flush=True); time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    pathlib.Path('tidy').touch()\n"
    )
    process = subprocess.Popen(python(text), cwd=tmp_path, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    processes.end_gently(process, patience=10)
    process.stdout.close()
    assert (tmp_path / "tidy").exists()


def test_a_command_in_front_gives_its_exit_code(checkout: Path):
    assert processes.run_shown(python("raise SystemExit(7)")) == 7

import errno

import pytest

from tasks import __main__ as command
from tasks.errors import Problem


def failing(error: BaseException):
    def dispatch(given: object) -> int:
        raise error

    return dispatch


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Problem("Port 8000 is taken."), 1, "Port 8000 is taken.\n"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "The disk that holds"),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_what_a_person_can_mend_is_one_sentence(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(command, "dispatch", failing(error))
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    assert command.main(["clean"]) == code
    shown = capsys.readouterr().err
    assert shown.startswith(said)
    assert len(shown.strip().splitlines()) == 1


def test_other_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(command, "dispatch", failing(OSError(errno.EACCES, "no")))
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    with pytest.raises(OSError, match="no"):
        command.main(["clean"])


def test_every_command_is_explained():
    text = command.parser().format_help()
    for name in command.HELP:
        assert name in text

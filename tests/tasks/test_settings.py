from pathlib import Path

import pytest

from tasks import settings
from tasks.errors import Problem


def test_lines_are_read_as_a_shell_reads_them():
    text = "# comment\nA=1\nexport B = 'two words'\nC=\"x#y\"\nD=z # note\nE=\nF=a#b\nnot a setting"
    assert settings.parse(text) == {"A": "1", "B": "two words", "C": "x#y", "D": "z", "E": "", "F": "a#b"}


def test_an_empty_value_with_a_comment_is_empty():
    assert settings.parse("DATABASE_URL=   # the default") == {"DATABASE_URL": ""}


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path):
    (tmp_path / ".env").write_text("APP_PORT=8100\nBOT_PORT=5100\n")
    values = settings.load({}, {"APP_PORT": "8200"}, tmp_path)
    assert (values["APP_PORT"], values["BOT_PORT"], values["APP_HOST"]) == ("8200", "5100", "127.0.0.1")


def test_an_option_wins_over_everything(tmp_path: Path):
    assert settings.load({"APP_PORT": "8300"}, {"APP_PORT": "8200"}, tmp_path)["APP_PORT"] == "8300"
    assert settings.load({"APP_PORT": None}, {"APP_PORT": "8200"}, tmp_path)["APP_PORT"] == "8200"


def test_an_empty_setting_does_not_hide_the_default(tmp_path: Path):
    assert settings.load({}, {"DATABASE_URL": ""}, tmp_path)["DATABASE_URL"] == "sqlite:///var/app.db"


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path: Path):
    first = settings.load({}, {}, tmp_path)
    second = settings.load({}, {}, tmp_path)
    file = tmp_path / "var" / "secrets.env"
    assert file.stat().st_mode & 0o777 == 0o600
    for name in settings.SECRET_NAMES:
        assert len(first[name]) > 30
        assert first[name] == second[name]
    assert len({first[name] for name in settings.SECRET_NAMES}) == 3


def test_a_secret_that_is_set_is_not_made(tmp_path: Path):
    values = settings.load({}, {"BOT_TOKEN": "mine"}, tmp_path)
    assert values["BOT_TOKEN"] == "mine"
    assert "BOT_TOKEN" not in (tmp_path / "var" / "secrets.env").read_text()


def test_a_readable_secrets_file_is_closed_again(tmp_path: Path):
    settings.load({}, {}, tmp_path)
    file = tmp_path / "var" / "secrets.env"
    file.chmod(0o644)
    settings.load({}, {}, tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_secrets_file_of_an_older_version_gets_what_is_new(tmp_path: Path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secrets.env").write_text("BOT_TOKEN=old\n")
    values = settings.load({}, {}, tmp_path)
    assert values["BOT_TOKEN"] == "old"
    assert values["SECRET_KEY"]


@pytest.mark.parametrize("port", ["no", "0", "65536", "-1", "80.5"])
def test_a_port_is_a_number(tmp_path: Path, port: str):
    with pytest.raises(Problem, match="a port is a number from 1 to 65535"):
        settings.load({"APP_PORT": port}, {}, tmp_path)


def test_two_servers_need_two_ports(tmp_path: Path):
    with pytest.raises(Problem, match="give them different numbers"):
        settings.load({"APP_PORT": "5005"}, {}, tmp_path)


def test_the_bot_finds_the_app_where_it_listens(tmp_path: Path):
    values = settings.load({}, {"APP_HOST": "0.0.0.0", "APP_PORT": "9000"}, tmp_path)
    assert values["ACTION_ENDPOINT_URL"] == "http://127.0.0.1:9000/internal/actions"
    assert settings.load({}, {"ACTION_ENDPOINT_URL": "http://app/x"}, tmp_path)["ACTION_ENDPOINT_URL"] == "http://app/x"


def test_addresses():
    assert settings.address("::", "80") == "http://[::1]:80"
    assert settings.address("::1", "80") == "http://[::1]:80"
    assert settings.address("10.0.0.1", "80") == "http://10.0.0.1:80"

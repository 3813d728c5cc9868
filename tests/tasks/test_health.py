import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tasks import health, start

ANSWERS: dict[str, object] = {}


class Answerer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = ANSWERS.get(self.path)
        self.send_response(404 if answer is None else 503 if answer is ILL else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[str]:
    ANSWERS.clear()
    server = HTTPServer(("127.0.0.1", 0), Answerer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield str(server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


WELL: dict[str, object] = {
    "status": "ok",
    "bot": "ok",
    "database": "ok",
    "model": "a.tar.gz",
    "knowledge": {"articles": 60},
}
ILL: dict[str, object] = {**WELL, "status": "degraded", "database": "unavailable"}


@pytest.mark.parametrize(
    ("answer", "ill"),
    [
        (WELL, []),
        (ILL, ["database"]),
        ({**ILL, "bot": "unavailable", "model": None}, ["bot", "database", "model"]),
        ({"status": "degraded"}, ["something"]),
        ({"error": "another program's answer"}, ["something"]),
    ],
)
def test_the_parts_that_are_not_well(answer: dict[str, object], ill: list[str]):
    assert health.unhealthy(answer) == ill


def test_what_is_missing_is_named_until_all_is_well(port: str, values: dict[str, str]):
    values = {**values, "APP_PORT": port, "BOT_PORT": port}
    assert start.missing(values) == "the bot does not answer yet"
    ANSWERS["/status?token=token"] = {"model_file": "", "model_id": None}
    assert start.missing(values) == "the bot does not answer yet"
    ANSWERS["/status?token=token"] = {"model_file": "assistant.tar.gz", "model_id": "1"}
    assert start.missing(values) == "the app does not answer yet"
    ANSWERS["/health"] = ILL
    assert start.missing(values) == "the app says that database cannot be used"
    ANSWERS["/health"] = WELL
    assert start.missing(values) == ""


def test_a_server_that_is_not_there_is_no_answer():
    assert health.get_json("http://127.0.0.1:1/health") is None

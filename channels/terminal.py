"""`make chat`: the widget's conversation in a terminal, over the same API."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
import uuid
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape

READ_EVERY = 0.3
WAIT_FOR_ANSWER = 45.0
NAMES = {"bot": "Assistant", "agent": "Colleague", "system": "Note"}
STATES = {"now": "to do now", "blocked": "waiting", "later": "later", "done": "done"}
_LINK = re.compile(r"\[([^\[\]]+)\]\((https?://[^\s()]+|/[^\s()]+)\)")


class TerminalChat:
    """One conversation. A number chooses one of the last offered options."""

    def __init__(self, client: httpx.Client, console: Console) -> None:
        self.client, self.console = client, console
        started = client.post("/api/conversations", json={})
        started.raise_for_status()
        self.id = started.json()["id"]
        client.headers["Authorization"] = f"Bearer {started.json()['token']}"
        self.seen = 0
        self.options: list[dict[str, str]] = []
        self.lock = threading.Lock()

    def send(self, line: str) -> None:
        """Sends a line, or the option that its number stands for."""
        body: dict[str, Any] = {"client_id": uuid.uuid4().hex}
        if line.isdigit() and 0 < int(line) <= len(self.options):
            body["payload"] = self.options[int(line) - 1]["payload"]
        else:
            body["text"] = line
        answer = self.client.post(f"/api/conversations/{self.id}/messages", json=body)
        if answer.status_code >= 400:
            self.console.print(answer.json()["error"]["message"], style="red", markup=False)
            return
        self._await_answer(answer.json()["id"])

    def show_new(self) -> bool:
        """Prints what came since the last look; True when somebody else than the person wrote."""
        with self.lock:
            answer = self.client.get(f"/api/conversations/{self.id}/messages", params={"after": self.seen})
            answer.raise_for_status()
            messages = answer.json()["messages"]
            for message in messages:
                self.seen = message["id"]
                if message["sender"] != "person":
                    self._print(message)
            return any(m["sender"] != "person" for m in messages)

    def watch(self) -> None:
        """Shows what comes by itself, such as a colleague's reply."""
        while True:
            time.sleep(READ_EVERY * 4)
            try:
                self.show_new()
            except httpx.HTTPError:
                continue

    def _await_answer(self, message_id: int) -> None:
        until = time.monotonic() + WAIT_FOR_ANSWER
        state = self.client.get(f"/api/conversations/{self.id}/messages", params={"after": message_id}).json()
        if state["speaker"] == "agent":
            return
        while time.monotonic() < until and not self.show_new():
            time.sleep(READ_EVERY)

    def _print(self, message: dict[str, Any]) -> None:
        name = message["agent"] or NAMES.get(message["sender"], message["sender"])
        self.console.print(f"\n[bold]{escape(name)}[/bold]")
        self.console.print(escape(_LINK.sub(r"\1: \2", message["text"])))
        self._print_sources(message["sources"], "  ")
        for step in message.get("plan") or ():
            self._print_step(step)
        self.options = message["options"]
        for number, option in enumerate(self.options, 1):
            self.console.print(f"  [cyan]{number}[/cyan] {escape(option['title'])}")

    def _print_step(self, step: dict[str, Any]) -> None:
        late = "[bold red]late[/bold red], " if step["late"] else ""
        when = f", {step['when']}" if step["when"] else ""
        state = STATES.get(step["state"], step["state"])
        self.console.print(f"  - {late}{escape(state)}: [bold]{escape(step['title'])}[/bold]{escape(when)}")
        if step["waits_for"]:
            self.console.print(f"    waits for {escape(', '.join(step['waits_for']))}")
        if step["reason"]:
            self.console.print(f"    {escape(step['reason'])}")
        self._print_sources(step["sources"], "    ")

    def _print_sources(self, sources: list[dict[str, Any]], indent: str) -> None:
        for source in sources:
            line = f"{source['title']} ({source['publisher']}), checked on {source['checked_on']}: {source['url']}"
            self.console.print(f"{indent}[dim]{escape(line)}[/dim]")


def main() -> int:
    """Chats until an empty end of input, Ctrl-C or "quit"."""
    console = Console(soft_wrap=True)
    url = os.environ.get("APP_URL") or f"http://127.0.0.1:{os.environ.get('APP_PORT', '8000')}"
    try:
        with httpx.Client(base_url=url, timeout=20) as client:
            chat = TerminalChat(client, console)
            console.print("Type your question, a number to choose, or quit.", style="dim")
            threading.Thread(target=chat.watch, daemon=True).start()
            for line in (
                sys.stdin if not sys.stdin.isatty() else iter(lambda: console.input("\n[bold]You[/bold] "), "quit")
            ):
                if line.strip() == "quit":
                    break
                if line.strip():
                    chat.send(line.strip())
    except httpx.HTTPError:
        console.print(f"The assistant does not answer at {url}. Start it with: make run", style="red")
        return 1
    except (KeyboardInterrupt, EOFError):
        console.print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""What every answer of the desk carries and never carries."""

from __future__ import annotations

import re

from structlog.testing import capture_logs

NOBODY = "0" * 32


def test_every_answer_carries_the_security_headers(world):
    world.agent()
    mia = world.logged_in()
    for address in ("/desk/", "/desk/login", "/desk/nothing-here", "/desk/static/desk.css", f"/desk/dossiers/{NOBODY}"):
        headers = world.browser().get(address).headers if "login" in address else mia.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert headers["x-content-type-options"] == "nosniff", address
        assert headers["referrer-policy"] == "no-referrer", address
        assert headers["cache-control"] == ("no-cache" if "static" in address else "private, no-store"), address


def test_no_page_has_inline_scripts_or_styles(world):
    world.agent()
    mia = world.logged_in()
    conversation_id, _ = world.conversation()
    dossier = world.dossier(conversation_id, first_name="Aya")
    pages = ["/desk/", f"/desk/conversations/{conversation_id}", "/desk/dossiers", f"/desk/dossiers/{dossier}"]
    for address in [*pages, "/desk/set-aside"]:
        text = mia.get(address).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text), address


def test_static_files_stay_in_their_folder(world):
    for path in ("/desk/static/../app.py", "/desk/static/%2e%2e/app.py", "/desk/static//etc/passwd"):
        assert world.browser().get(path).status_code in (303, 404), path


def test_logs_hold_neither_messages_nor_logins_nor_passwords(world):
    world.agent()
    with capture_logs() as lines:
        conversation_id, _ = world.conversation("planted question")
        world.browser().log_in("planted-login", "planted password")
        mia = world.logged_in()
        mia.get(f"/desk/conversations/{conversation_id}")
        mia.post(f"/desk/conversations/{conversation_id}/take")
        mia.post(f"/desk/conversations/{conversation_id}/reply", text="planted answer")
        mia.post("/desk/dossiers", text="planted search")
    assert lines
    assert "planted" not in str(lines)

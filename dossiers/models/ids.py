"""Ids of rows."""

from __future__ import annotations

import uuid


def new_id() -> str:
    """An unguessable id."""
    return uuid.uuid4().hex

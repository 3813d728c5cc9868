"""A profile as plain data, to be kept and read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from knowledge.profile import Profile

_ADAPTER: TypeAdapter[Profile] = TypeAdapter(Profile)


def to_data(profile: Profile) -> dict[str, Any]:
    """What is known, as JSON knows it; what is not known is left out."""
    return {
        key: _plain(value)
        for key, value in asdict(profile).items()
        if value not in (None, ()) or (key == "children" and value == ())
    }


def from_data(data: Mapping[str, Any]) -> Profile:
    """The profile that `to_data` wrote. What this version does not know is left out.

    Raises:
        pydantic.ValidationError: a value is not what it should be.
    """
    known = {key: value for key, value in data.items() if key in Profile.__dataclass_fields__}
    return _ADAPTER.validate_python(known)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value

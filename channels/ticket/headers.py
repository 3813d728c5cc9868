"""The security headers of the pages of plans: no scripts, no forms."""

from __future__ import annotations

from pages.headers import secured

HEADERS = secured()

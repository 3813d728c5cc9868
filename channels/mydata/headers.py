"""The security headers of these pages: no scripts, and forms only to ourselves. Search engines and caches keep away."""

from __future__ import annotations

from pages.headers import secured

HEADERS = secured(form_action="'self'")

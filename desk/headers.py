"""The security headers of the desk: its own scripts, forms and event streams, and nothing else."""

from __future__ import annotations

from pages.headers import secured

HEADERS = secured(script_src="'self'", connect_src="'self'", form_action="'self'")

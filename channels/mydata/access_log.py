"""Keeps links out of the access log: whoever reads it could open the pages."""

from __future__ import annotations

import logging
import re

from channels.mydata.links import PREFIX
from channels.ticket.links import PREFIX as PLAN

_LINK = re.compile(rf"^({re.escape(PREFIX)}|{re.escape(PLAN)})/(?!static/)[^/?]+")


class HideLinks(logging.Filter):
    """Puts `/mydata/…` in the place of each link before uvicorn writes a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every line pass, without links."""
        if isinstance(record.args, tuple):
            record.args = tuple(_LINK.sub(r"\1/…", one) if isinstance(one, str) else one for one in record.args)
        return True


def hide_links() -> None:
    """Puts the filter on uvicorn's access log, once."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(one, HideLinks) for one in log.filters):
        log.addFilter(HideLinks())

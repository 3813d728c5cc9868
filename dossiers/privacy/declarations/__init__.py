"""What every column of every table is: declared once, read by the register, the export, the erasing and their tests.

A new table is a few lines in one of the files here; a test names what is missing.
"""

from __future__ import annotations

from dossiers.privacy.declarations import conversations, desk, dossiers
from dossiers.privacy.kinds import Table

DECLARED: dict[str, Table] = {table.name: table for part in (conversations, dossiers, desk) for table in part.TABLES}

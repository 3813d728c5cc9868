"""Which files people may send: told by their content, and refused when name, type and content do not agree."""

from __future__ import annotations

from pathlib import PurePath

import filetype  # type: ignore[import-untyped]

LARGEST = 10 * 1024 * 1024
ENDINGS = {
    "application/pdf": frozenset({".pdf"}),
    "image/jpeg": frozenset({".jpg", ".jpeg"}),
    "image/png": frozenset({".png"}),
}
OTHER_NAMES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": "application/pdf"}
ANYTHING = frozenset({"", "application/octet-stream"})  # what a browser declares when it does not know
ACTIVE = (b"/JavaScript", b"/Launch")
PDF = b"%PDF-"


class DocumentRefused(Exception):
    """A file is not taken; ``key`` names the sentence of wording.yml that tells the person why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def sniffed(filename: str, data: bytes, declared: str = "") -> str:
    """The media type of a file by its content, when its name and what was declared agree with it.

    Raises:
        DocumentRefused: empty, too large, of a type that is not taken, pretending to be another, or with a program.
    """
    if not data:
        raise DocumentRefused("document_empty")
    if len(data) > LARGEST:
        raise DocumentRefused("document_too_large")
    guess = filetype.guess(data)
    media_type = guess.mime if guess is not None else ""
    if media_type not in ENDINGS:
        raise DocumentRefused("document_type_unknown")
    declared = declared.partition(";")[0].strip().lower()
    fits = PurePath(filename).suffix.lower() in ENDINGS[media_type]
    if not fits or (declared not in ANYTHING and OTHER_NAMES.get(declared, declared) != media_type):
        raise DocumentRefused("document_type_differs")
    if media_type != "application/pdf" and PDF in data:  # a picture that a PDF reader would open too
        raise DocumentRefused("document_type_differs")
    if media_type == "application/pdf" and any(word in data for word in ACTIVE):
        raise DocumentRefused("document_active")
    return str(media_type)

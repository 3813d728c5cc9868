"""Reads an uploaded file into memory only: what somebody sends lies unencrypted on no disk, not for a moment."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from dossiers.documents import LARGEST, DocumentRefused

BESIDE = 64 * 1024  # the other fields and the marks between them


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent: the file, and the token of the form it came with."""

    form_token: str
    filename: str
    declared: str
    data: bytes


class _InMemory(MultiPartParser):
    spool_max_size = LARGEST + BESIDE


async def read_upload(request: Request) -> Upload:
    """The one file of a form.

    Raises:
        DocumentRefused: there is none, or it is larger than may be kept; not more of it is read than that.
    """
    try:
        form = await _InMemory(request.headers, _limited(request), max_files=1, max_fields=3).parse()
    except MultiPartException:
        raise DocumentRefused("document_empty") from None
    try:
        file, token = form.get("file"), form.get("form_token")
        if not isinstance(file, UploadFile) or not file.filename:
            raise DocumentRefused("document_empty")
        data = await file.read()
        return Upload(token if isinstance(token, str) else "", file.filename, file.content_type or "", data)
    finally:
        await form.close()


async def _limited(request: Request) -> AsyncGenerator[bytes]:
    read = 0
    async for piece in request.stream():
        read += len(piece)
        if read > LARGEST + BESIDE:
            raise DocumentRefused("document_too_large")
        yield piece

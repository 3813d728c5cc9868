"""Errors of the web API, as the person may read them: `{"error": {"code", "message"}}`."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

_PLAIN = {
    404: "There is nothing at this address.",
    405: "That does not work at this address.",
    413: "That is too much at once. Please send a shorter message.",
}


class ApiError(Exception):
    """An error with its status, a code for programs and a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def body(code: str, message: str) -> dict[str, dict[str, str]]:
    """The JSON of an error."""
    return {"error": {"code": code, "message": message}}


def install(app: FastAPI) -> None:
    """Renders every error of the API in one form, without a trace of the inside."""

    @app.exception_handler(ApiError)
    async def _api(_: Request, error: ApiError) -> JSONResponse:
        return JSONResponse(body(error.code, error.message), error.status)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query")) or "body"
        text = str(first["msg"]).removeprefix("Value error, ")
        return JSONResponse(body("invalid", f"{field}: {text}."), 422)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        message = _PLAIN.get(error.status_code, str(error.detail))
        return JSONResponse(body("http", message), error.status_code, headers=error.headers)

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, __: Exception) -> JSONResponse:
        message = "Something went wrong on our side. Nothing you sent before is lost. Please try again."
        return JSONResponse(body("internal", message), 500)

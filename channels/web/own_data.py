"""What the widget's menu offers at any moment, also while a colleague has the floor: one's data, and the end."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from channels.web.api import Own, Service
from channels.web.errors import ApiError
from dossiers.privacy import ending

router = APIRouter(prefix="/api", tags=["conversations"])


class DataPage(BaseModel):
    """Where the page of one's data is, for some hours."""

    url: str


class Ended(BaseModel):
    """That the conversation has ended. ``receipt``: a number to quote."""

    receipt: str


@router.post("/conversations/{conversation_id}/mydata")
def my_data(own: Own, web: Service) -> DataPage:
    """A new link to the page on which the person sees and changes everything that is kept about them."""
    web.limits.message(own.id)
    return DataPage(url=web.data_link(own.id))


@router.delete("/conversations/{conversation_id}")
def end(own: Own, web: Service) -> Ended:
    """Ends the conversation: hand-overs close, and its token opens nothing any more."""
    web.limits.message(own.id)
    receipt = ending.end_chat(web.database, own.id, web.clock())
    if receipt is None:
        raise ApiError(404, "conversation_unknown", "This conversation has ended or does not exist. Start a new one.")
    web.hub.wake(own.id)
    return Ended(receipt=receipt.number)

"""Ours: addresses that are told when jobs end and identities change; off until one is added."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from app.server.screenalytics import fields
from app.server.screenalytics.answers import Envelope
from app.server.screenalytics.desk import Context
from app.server.screenalytics.documented import refusals
from app.server.screenalytics.envelope import enveloped, zulu
from app.server.screenalytics.refusals import missing
from core.webhooks.hooks import Webhook

router = APIRouter(tags=["Webhooks"])

EventName = Literal["job.completed", "job.failed", "identity.merged", "identity.split"]
EVENTS: tuple[EventName, ...] = ("job.completed", "job.failed", "identity.merged", "identity.split")


class WebhookRequest(fields.Request):
    """Where to send what."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"url": "http://127.0.0.1:9999/hook", "events": ["job.completed"]}}
    )

    url: Annotated[str, Field(min_length=8, max_length=2000)]
    events: Annotated[list[EventName], Field(min_length=1, max_length=4)] = Field(
        default_factory=lambda: list(EVENTS), description="All four when left out."
    )


@router.get("/webhooks", response_model=Envelope[dict[str, Any]], responses=refusals())
def list_webhooks(request: Request, context: Context) -> Response:
    """The addresses that are told, without their secrets."""
    return enveloped(request, {"webhooks": [_record(one) for one in context.webhooks.list()]})


@router.post("/webhooks", response_model=Envelope[dict[str, Any]], responses=refusals(400))
def add_webhook(request: Request, context: Context, body: WebhookRequest) -> Response:
    """Add an address. The secret that signs (``X-Rushes-Signature``) is shown this once."""
    hook = context.webhooks.add(body.url, body.events)
    return enveloped(request, _record(hook) | {"secret": hook.secret})


@router.delete("/webhooks/{webhook_id}", response_model=Envelope[dict[str, Any]], responses=refusals(404))
def remove_webhook(request: Request, context: Context, webhook_id: str) -> Response:
    """Forget an address."""
    if webhook_id not in {one.webhook_id for one in context.webhooks.list()}:
        raise missing("webhook", webhook_id)
    context.webhooks.remove(webhook_id)
    return enveloped(request, {"webhook_id": webhook_id, "deleted": True})


def _record(hook: Webhook) -> dict[str, Any]:
    return {
        "webhook_id": hook.webhook_id,
        "url": hook.url,
        "events": list(hook.events),
        "active": hook.active,
        "created_at": zulu(hook.created_at),
    }

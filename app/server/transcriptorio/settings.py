"""Settings of the document: typed, checked, with defaults."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.transcriptorio import answers, fields
from app.server.transcriptorio.desk import Automated
from app.server.transcriptorio.documented import refusals
from app.server.transcriptorio.times import documented_time
from core.subtitling.types import Preference

router = APIRouter(prefix="/api/settings", tags=["Settings"])


@router.get("", response_model=list[answers.Setting], responses=refusals())
def list_settings(automation: Automated, category: Annotated[str | None, Query(max_length=100)] = None) -> Response:
    """All settings, or those of a category."""
    return json_answer([setting_record(one) for one in automation.preferences.all(category)])


@router.get("/{key}", response_model=answers.Setting, responses=refusals(404))
def get_setting(automation: Automated, key: str) -> Response:
    """One setting."""
    return json_answer(setting_record(automation.preferences.get(key)))


@router.put("/{key}", response_model=answers.Setting, responses=refusals(404))
def update_setting(automation: Automated, key: str, body: fields.SettingChange) -> Response:
    """Change a value; one that is not of the setting's type is refused."""
    return json_answer(setting_record(automation.preferences.set(key, body.value)))


@router.post("/bulk-update", response_model=answers.Message, responses=refusals(404))
def update_settings(automation: Automated, body: fields.SettingChanges) -> Response:
    """Change many values: all of them, or none."""
    automation.preferences.set_many(body.settings)
    return json_answer({"message": f"Updated {len(body.settings)} settings successfully"})


@router.post("/init-defaults", response_model=answers.Message, responses=refusals())
def init_defaults(automation: Automated) -> Response:
    """Make all settings that are missing; those that are there stay as they are."""
    automation.preferences.init_defaults()
    return json_answer({"message": "Default settings initialized successfully"})


@router.post("", status_code=201, response_model=answers.Setting, responses=refusals(409))
def create_setting(automation: Automated, body: fields.SettingRequest) -> Response:
    """Make a setting of one's own."""
    made = automation.preferences.create(
        body.key,
        body.value,
        description=body.description or "",
        category=body.category,
        value_type=body.value_type,
    )
    return json_answer(setting_record(made), 201)


@router.delete("/{key}", response_model=answers.Message, responses=refusals(404))
def delete_setting(automation: Automated, key: str) -> Response:
    """Delete a setting; one of Rushes' own counts with its default from then on."""
    automation.preferences.delete(key)
    return json_answer({"message": f"Setting '{key}' deleted successfully"})


def setting_record(one: Preference) -> dict[str, Any]:
    """As the document writes a setting."""
    return {
        "id": one.id,
        "key": one.key,
        "value": one.value,
        "description": one.description,
        "category": one.category,
        "value_type": one.value_type,
        "created_at": documented_time(one.created_at),
        "updated_at": documented_time(one.updated_at),
    }

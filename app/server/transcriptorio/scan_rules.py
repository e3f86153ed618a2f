"""Scan rules of the document."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.transcriptorio import answers, fields
from app.server.transcriptorio.desk import Automated
from app.server.transcriptorio.documented import refusals
from app.server.transcriptorio.times import documented_time
from core.scanning.types import Rule

router = APIRouter(prefix="/api/scan-rules", tags=["Scan rules"])


@router.get("", response_model=list[answers.RuleRecord], responses=refusals())
def list_rules(automation: Automated, *, enabled_only: bool = False) -> Response:
    """All rules, or only those that are enabled."""
    return json_answer([rule_record(rule) for rule in automation.rules.list(enabled_only=enabled_only)])


@router.get("/{rule_id}", response_model=answers.RuleRecord, responses=refusals(404))
def get_rule(automation: Automated, rule_id: fields.RuleId) -> Response:
    """One rule."""
    return json_answer(rule_record(automation.rules.get(rule_id)))


@router.post("", status_code=201, response_model=answers.RuleRecord, responses=refusals(409))
def create_rule(automation: Automated, body: fields.RuleRequest) -> Response:
    """Make a rule; it needs at least one condition."""
    rule = automation.rules.create(
        body.name,
        body.conditions.model_dump(),
        body.action.model_dump(),
        enabled=body.enabled,
        priority=body.priority,
    )
    return json_answer(rule_record(rule), 201)


@router.put("/{rule_id}", response_model=answers.RuleRecord, responses=refusals(404, 409))
def update_rule(automation: Automated, rule_id: fields.RuleId, body: fields.RuleChanges) -> Response:
    """Change what is given; a condition that is null is taken away."""
    rule = automation.rules.update(
        rule_id,
        name=body.name,
        enabled=body.enabled,
        priority=body.priority,
        conditions=body.conditions.model_dump(exclude_unset=True) if body.conditions is not None else None,
        action=body.action.model_dump(exclude_none=True) if body.action is not None else None,
    )
    return json_answer(rule_record(rule))


@router.delete("/{rule_id}", response_model=answers.Message, responses=refusals(404))
def delete_rule(automation: Automated, rule_id: fields.RuleId) -> Response:
    """Delete a rule; jobs that it made stay."""
    automation.rules.delete(rule_id)
    return json_answer({"message": f"Scan rule {rule_id} deleted successfully"})


@router.post("/{rule_id}/toggle", response_model=answers.RuleRecord, responses=refusals(404))
def toggle_rule(automation: Automated, rule_id: fields.RuleId) -> Response:
    """Enable a disabled rule, disable an enabled one."""
    return json_answer(rule_record(automation.rules.toggle(rule_id)))


def rule_record(rule: Rule) -> dict[str, Any]:
    """As the document writes a rule."""
    return {
        "id": rule.id,
        "name": rule.name,
        "enabled": rule.enabled,
        "priority": rule.priority,
        "conditions": asdict(rule.conditions),
        "action": asdict(rule.action),
        "created_at": documented_time(rule.created_at),
        "updated_at": documented_time(rule.updated_at),
    }

"""Faults of configs in the document's words."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.server.videoannotator.refusals import Refused
from core.annotate.configuring import UNAVAILABLE_PIPELINE, UNKNOWN_PIPELINE, Checked, Fault, check, check_one
from core.annotate.model_faults import MISSING_MODEL, missing_models
from core.annotate.registry import Registry
from models.store import ModelStore

FIX = "Fix the validation errors and resubmit"


def checked_for_job(config: object, names: Sequence[str] | None, models: ModelStore, known: Registry) -> Checked:
    """All that can be told before a job: faults of the config, and models that no job would fetch."""
    checked = check(config, names, models=models, known=known)
    return _with_models(checked, names or (), models, known)


def checked_alone(name: str, config: object, models: ModelStore, known: Registry) -> Checked:
    """The same for one pipeline by name or alias. Raises NotFound."""
    return _with_models(check_one(name, config, models=models, known=known), (name,), models, known)


def names_written(names: Sequence[str], known: Registry) -> dict[str, str]:
    """The names that the client wrote, by the pipelines' own; of two for one pipeline, the first."""
    found = ((known.find(name), name) for name in reversed(names))
    return {one.spec.name: name for one, name in found if one is not None}


def _with_models(checked: Checked, names: Sequence[str], models: ModelStore, known: Registry) -> Checked:
    wanting = missing_models(checked, models=models, known=known, written=names_written(names, known))
    return replace(checked, errors=(*checked.errors, *wanting))


def fault_record(fault: Fault) -> dict[str, Any]:
    """A fault or a warning."""
    return {
        "pipeline": fault.pipeline or None,
        "field": fault.field or None,
        "code": fault.code,
        "message": fault.message,
        "hint": fault.hint or None,
        "value": _shown(fault.value),
    }


def verdict(checked: Checked) -> dict[str, Any]:
    """The whole outcome of a check; ``config`` is the complete one, as it would be used."""
    return {
        "valid": checked.valid,
        "errors": [fault_record(one) for one in checked.errors],
        "warnings": [fault_record(one) for one in checked.warnings],
        "message": _summary(checked),
        "config": {name: dict(one) for name, one in checked.resolved.items()},
    }


def require_valid(checked: Checked, known: Registry) -> None:
    """Raise Refused 400 with every fault, and the pipelines that there are when one was not known."""
    if checked.valid:
        return
    codes = {one.code for one in checked.errors}
    detail: dict[str, Any] = {"errors": [fault_record(one) for one in checked.errors]}
    if UNKNOWN_PIPELINE in codes:
        detail["available"] = list(known.names())
    if codes <= {UNKNOWN_PIPELINE}:
        names = _listed([one.pipeline for one in checked.errors])
        hint = f"Available pipelines: {', '.join(known.names())}"
        raise Refused(400, "PIPELINE_NOT_FOUND", f"Unknown pipelines: {names}", hint=hint, detail=detail)
    if codes <= {UNAVAILABLE_PIPELINE, MISSING_MODEL}:
        message = " ".join(one.message for one in checked.errors)[:2000]
        hint = " ".join(one.hint for one in checked.errors if one.hint)[:2000] or FIX
        raise Refused(400, "PIPELINE_UNAVAILABLE", message, hint=hint, detail=detail)
    told = "; ".join(f"{one.message} {one.hint}".strip() for one in checked.errors[:20])
    raise Refused(400, "INVALID_CONFIG", f"Configuration validation failed: {told}"[:4000], hint=FIX, detail=detail)


def _summary(checked: Checked) -> str:
    warnings = f", {_counted(len(checked.warnings), 'warning')}" if checked.warnings else ""
    if checked.valid:
        return f"Configuration is valid{warnings}"
    return f"Configuration has {_counted(len(checked.errors), 'error')}{warnings}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name[:100]}'" for name in names[:50])


def _shown(value: object) -> Any:
    """Long values are named by their beginning: an answer is not to be larger than its request."""
    if isinstance(value, str) and len(value) > 200:
        return value[:200] + "…"
    if isinstance(value, (list, dict)) and len(value) > 20:
        return str(value)[:200] + "…"
    return value

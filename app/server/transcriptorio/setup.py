"""The set-up wizard: this computer's own folders, or a Bazarr that asks."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.hosts import in_url
from app.server.json_bytes import json_answer
from app.server.transcriptorio import answers, fields
from app.server.transcriptorio.desk import Automated, Context
from app.server.transcriptorio.documented import refusals
from core.access.roles import Role
from core.errors import InvalidRequest, NotFound
from core.scanning import machine
from core.scanning.rules import check_rule

if TYPE_CHECKING:
    from core.subtitling.automation import Automation

router = APIRouter(prefix="/api/setup", tags=["Set-up wizard"])

COMPLETED = "setup_completed"
MODE = "operation_mode"
_CONDITIONS = tuple(fields.ConditionFields.model_fields)
_ACTION = tuple(fields.ActionFields.model_fields)


@router.get("/status", response_model=answers.SetupState, responses=refusals())
def setup_status(automation: Automated) -> Response:
    """Whether the wizard was gone through or skipped."""
    completed = automation.preferences.truth(COMPLETED)
    return json_answer({"is_first_run": not completed, "setup_completed": completed})


@router.post("/standalone", response_model=answers.SetupDone, responses=refusals(404, 409))
def set_up_standalone(automation: Automated, body: fields.StandaloneRequest) -> Response:
    """Folders, rules, workers and schedule at once: all of it, or nothing."""
    _check_rules(body.scan_rules)
    cpu, gpu = _workers(body.worker_config or fields.WorkerConfig())
    values = {
        "library_paths": list(body.library_paths),
        "worker_cpu_count": cpu,
        "worker_gpu_count": gpu,
        "scanner_enabled": True,
        "scanner_cron": "",
        "scanner_interval_minutes": (body.scanner_config or fields.ScannerConfig()).interval_minutes,
        MODE: "standalone",
        COMPLETED: True,
    }
    with _all_or_nothing(automation, values) as made:
        for rule in body.scan_rules:
            told = rule.model_dump()
            conditions, action = _part(told, _CONDITIONS), _part(told, _ACTION)
            made.append(automation.rules.create(rule.name, conditions, action, priority=rule.priority).id)
        automation.preferences.set_many(values)
        automation.workers.start_pool(cpu, gpu)
        automation.scheduler.start()
    message = "Standalone mode configured successfully"
    return json_answer({"success": True, "message": message, "bazarr_info": None})


@router.post("/bazarr-slave", response_model=answers.SetupDone, responses=refusals())
def set_up_bazarr(request: Request, context: Context, automation: Automated) -> Response:
    """Answer Bazarr: makes a key, which is shown this once, and says what to type into Bazarr."""
    key_id, plain = context.keys.create(Role.OPERATOR, "Bazarr", actor="set-up")
    try:
        automation.preferences.set_many({MODE: "bazarr_slave", "bazarr_enabled": True, COMPLETED: True})
    except BaseException:
        context.keys.revoke(key_id, actor="set-up")
        raise
    told = {"success": True, "message": "Bazarr slave mode configured successfully"}
    return json_answer(told | {"bazarr_info": _bazarr_info(request, context, plain)})


@router.post("/skip", response_model=answers.Message, responses=refusals())
def skip_setup(automation: Automated) -> Response:
    """Leave everything as it is, and ask no more."""
    automation.preferences.set(COMPLETED, value=True)
    return json_answer({"message": "Setup wizard skipped"})


def _check_rules(rules: Sequence[fields.SetupRule]) -> None:
    """Raise InvalidRequest for the first rule that could not be made, and for a name that comes twice."""
    names = [rule.name.strip() for rule in rules]
    for rule in rules:
        told = rule.model_dump()
        check_rule(rule.name, _part(told, _CONDITIONS), _part(told, _ACTION), priority=rule.priority)
        if names.count(rule.name.strip()) > 1:
            raise InvalidRequest(f"Two rules have the name “{rule.name}”.", action="Give each a name of its own.")


def _workers(config: fields.WorkerConfig) -> tuple[int, int]:
    """Numbers of cpu and gpu workers. Raises InvalidRequest for gpu workers where there is no device."""
    if config.type == "cpu":
        return config.count, 0
    if config.count and not machine.gpus():
        raise InvalidRequest("There is no graphics processor for gpu workers here.", action="Choose the type cpu.")
    return 0, config.count


@contextmanager
def _all_or_nothing(automation: "Automation", values: Mapping[str, object]) -> Iterator[list[int]]:
    """When the block fails, its rules (the ids that it put into the list) go, and its settings are as before."""
    before = {one.key: one.value for one in automation.preferences.all() if one.key in values}
    made: list[int] = []
    try:
        yield made
    except BaseException:
        for rule_id in made:
            try:
                automation.rules.delete(rule_id)
            except NotFound:
                continue
        automation.preferences.set_many(before)
        raise


def _part(told: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: told[name] for name in names}


def _bazarr_info(request: Request, context: ServerContext, plain: str) -> dict[str, Any]:
    """The address by which this request came; where a key is needed it stands in the address, for lack of a field."""
    host, port = request.scope.get("server") or ("127.0.0.1", 0)
    address = f"http://{in_url(host)}:{port}"
    return {
        "mode": "bazarr_slave",
        "host": host,
        "port": port,
        "api_key": plain,
        "provider_url": f"{address}/{plain}" if context.settings.needs_key else address,
    }

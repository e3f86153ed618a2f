"""Pipelines: what there is, and checking configs for them before anything is sent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.videoannotator import answers, fields
from app.server.videoannotator.configs import checked_alone, checked_for_job, verdict
from app.server.videoannotator.desk import Context, Pipelines, pipeline_named
from app.server.videoannotator.documented import refusals
from core.annotate.configuring import schema_of
from core.annotate.formats.catalogue import FORMATS
from core.annotate.spec import PipelineSpec
from models.store import ModelStore

if TYPE_CHECKING:
    from core.annotate.pipeline import Pipeline

router = APIRouter(prefix="/api/v1")


@router.get("/pipelines", response_model=answers.PipelineListResponse, responses=refusals(), tags=["pipelines"])
def list_pipelines(context: Context, pipelines: Pipelines) -> Response:
    """All pipelines, those that cannot run here too, with the reason."""
    records = [pipeline_record(one, context.models) for one in pipelines.pipelines()]
    return json_answer({"pipelines": records, "total": len(records)})


@router.get(
    "/pipelines/{pipeline_name}", response_model=answers.PipelineInfo, responses=refusals(404), tags=["pipelines"]
)
def get_pipeline_info(context: Context, pipelines: Pipelines, pipeline_name: str) -> Response:
    """One pipeline by name or alias; asked for by an alias it answers to that, and tells its own name too."""
    record = pipeline_record(pipeline_named(pipelines, pipeline_name), context.models)
    if pipeline_name != record["name"]:
        record |= {"name": pipeline_name, "alias_of": record["name"]}
    return json_answer(record)


@router.post(
    "/pipelines/{pipeline_name}/validate",
    response_model=answers.ConfigValidationResponse,
    responses=refusals(404, 413),
    tags=["pipelines"],
)
def validate_pipeline_config(
    context: Context, pipelines: Pipelines, pipeline_name: str, body: fields.ConfigValidationRequest
) -> Response:
    """Check the config of one pipeline: every fault is listed."""
    pipeline = pipeline_named(pipelines, pipeline_name)
    config = _without_name(body.config, pipeline.spec)
    checked = checked_alone(pipeline_name, config, context.models, pipelines)
    return json_answer(verdict(checked))


@router.post(
    "/config/validate", response_model=answers.JobConfigValidationResponse, responses=refusals(413), tags=["config"]
)
def validate_config(context: Context, pipelines: Pipelines, body: fields.JobConfigValidationRequest) -> Response:
    """Check the config of a job for the pipelines that are chosen: every fault of all of them is listed."""
    checked = checked_for_job(body.config, body.selected_pipelines, context.models, pipelines)
    return json_answer(verdict(checked) | {"pipelines_validated": list(checked.pipelines)})


def pipeline_record(pipeline: "Pipeline", models: ModelStore) -> dict[str, Any]:
    """The document's fields, then ours."""
    spec, here = pipeline.spec, pipeline.availability(models)
    return {
        "name": spec.name,
        "display_name": spec.display_name,
        "description": spec.description,
        "enabled": here.available,
        "pipeline_family": spec.family,
        "variant": spec.variant,
        "tasks": list(spec.tasks),
        "modalities": list(spec.modalities),
        "capabilities": list(spec.capabilities),
        "backends": list(spec.backends),
        "stability": spec.stability,
        "outputs": [
            {"format": _format_title(one.format), "types": list(one.types), "name": one.format} for one in spec.outputs
        ],
        "config_schema": schema_of(spec),
        "examples": [{"command": one} for one in spec.examples],
        "version": spec.version,
        "aliases": list(spec.aliases),
        "alias_of": None,
        "unavailable_reason": here.reason or None,
        "install_hint": here.hint or None,
        "presets": [{"name": one.name, "title": one.title, "config": dict(one.config)} for one in spec.presets],
    }


def _format_title(name: str) -> str:
    """As the document writes formats: COCO, RTTM, WebVTT…"""
    known = FORMATS.get(name)
    return known.title if known is not None else name.upper()


def _without_name(config: Mapping[str, Any], spec: PipelineSpec) -> Any:
    """Both forms are taken: the parameters, and an object with the pipeline's name around them."""
    if len(config) == 1:
        (name, inner), *_ = config.items()
        if name in {spec.name, *spec.aliases} and spec.parameter(name) is None and isinstance(inner, dict):
            return inner
    return config

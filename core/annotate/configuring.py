"""Checking what a person chose against the specs of the pipelines: every fault is named, nothing is raised."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from core.annotate.registry import RegisteredPipeline, Registry, registry
from core.annotate.spec import Parameter, PipelineSpec

if TYPE_CHECKING:
    from models.store import ModelStore

UNKNOWN_PIPELINE = "unknown_pipeline"
UNAVAILABLE_PIPELINE = "unavailable_pipeline"
NOT_AN_OBJECT = "not_an_object"
WRONG_TYPE = "wrong_type"
OUT_OF_BOUNDS = "out_of_bounds"
NOT_A_CHOICE = "not_a_choice"
IMPOSSIBLE_VALUE = "impossible_value"
UNKNOWN_PARAMETER = "unknown_parameter"
UNUSED_CONFIG = "unused_config"

MOST_EXACT = 2**53
"""A number without bounds may be so large: beyond it floats are not exact any more."""
TYPE_WORDS = {"float": "a number", "int": "a whole number", "bool": "true or false", "str": "a text", "list": "a list"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong. ``pipeline`` as it was written ("" = the config as a whole), ``field`` a parameter or ""."""

    pipeline: str
    field: str
    code: str
    message: str
    hint: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Checked:
    """``pipelines``: canonical names of those that can run, each once; ``resolved``: their complete configs."""

    errors: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    pipelines: tuple[str, ...] = ()
    resolved: Mapping[str, dict[str, Any]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def valid(self) -> bool:
        """Whether a job may be made of it."""
        return not self.errors


def check(
    config: object, pipelines: Sequence[str] | None, *, models: "ModelStore", known: Registry | None = None
) -> Checked:
    """Check a config by pipeline name or alias for the chosen pipelines; None or none chosen = the usual ones.

    ``config`` is plain data as it came from outside; None = all defaults. ``known``: None = :func:`registry`.
    """
    known = registry() if known is None else known
    chosen, errors = _chosen(pipelines or known.defaults(models), known, models)
    if not pipelines and not chosen:
        errors.append(Fault("", "", UNAVAILABLE_PIPELINE, "No pipeline is available.", "Choose pipelines by name."))
    warnings: list[Fault] = []
    given: dict[str, tuple[str, object]] = {}
    if config is None:
        config = {}
    if isinstance(config, Mapping):
        given = _by_pipeline(config, chosen, known, warnings)
    else:
        errors.append(_not_an_object("", "The config", config, "Write an object with an entry for each pipeline."))
    resolved: dict[str, dict[str, Any]] = {}
    for pipeline in chosen:
        written, values = given.get(pipeline.spec.name, (pipeline.spec.name, {}))
        resolved[pipeline.spec.name] = _resolve(pipeline, written, values, errors, warnings)
    return Checked(tuple(errors), tuple(warnings), tuple(resolved), resolved)


def check_one(pipeline: str, config: object, *, models: "ModelStore", known: Registry | None = None) -> Checked:
    """Check the config of one pipeline, by name or alias, without the name around it. Raises NotFound."""
    known = registry() if known is None else known
    found = known.get(pipeline)
    errors: list[Fault] = []
    warnings: list[Fault] = []
    if (fault := _unavailable(found, pipeline, models)) is not None:
        errors.append(fault)
    resolved = _resolve(found, pipeline, {} if config is None else config, errors, warnings)
    return Checked(tuple(errors), tuple(warnings), (found.spec.name,), {found.spec.name: resolved})


def schema_of(spec: PipelineSpec) -> dict[str, dict[str, Any]]:
    """The parameters as plain data, by name; what does not apply is left out."""
    return {one.name: _parameter_schema(one) for one in spec.parameters}


def complete(spec: PipelineSpec) -> dict[str, Any]:
    """All defaults."""
    return {one.name: _own(one.default) for one in spec.parameters}


def value_faults(parameter: Parameter, value: object) -> list[Fault]:
    """What is wrong with a value of a parameter."""
    return list(_faults_of(parameter, value, parameter.name))


def _parameter_schema(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": parameter.type,
        "default": _own(parameter.default),
        "description": parameter.description,
    }
    more = {
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "choices": list(parameter.choices) or None,
        "unit": parameter.unit or None,
        "title": parameter.title or None,
        "optional": parameter.optional or None,
        "advanced": parameter.advanced or None,
    }
    return schema | {name: value for name, value in more.items() if value is not None}


def _own(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value


def _chosen(
    names: Sequence[str], known: Registry, models: "ModelStore"
) -> tuple[list[RegisteredPipeline], list[Fault]]:
    chosen: dict[str, RegisteredPipeline] = {}
    errors: list[Fault] = []
    for name in dict.fromkeys(names):
        pipeline = known.find(name)
        if pipeline is None:
            errors.append(_unknown(name, known))
        elif pipeline.spec.name not in chosen:
            fault = _unavailable(pipeline, name, models)
            errors += [] if fault is None else [fault]
            chosen[pipeline.spec.name] = pipeline
    return list(chosen.values()), errors


def _unknown(name: str, known: Registry) -> Fault:
    broken = next((one for one in known.broken() if one.name == name), None)
    reason = "" if broken is None else f" It could not be loaded: {broken.reason}."
    hint = f"Use one of: {', '.join(known.names())}."
    return Fault(name, "", UNKNOWN_PIPELINE, f"There is no pipeline “{name}”.{reason}", hint, name)


def _unavailable(pipeline: RegisteredPipeline, written: str, models: "ModelStore") -> Fault | None:
    state = pipeline.availability(models)
    if state.available:
        return None
    message = f"The pipeline “{written}” cannot run here: {state.reason or 'it is not available.'}"
    return Fault(written, "", UNAVAILABLE_PIPELINE, message, state.hint, written)


def _by_pipeline(
    config: Mapping[Any, Any], chosen: Sequence[RegisteredPipeline], known: Registry, warnings: list[Fault]
) -> dict[str, tuple[str, object]]:
    """Configs of the chosen pipelines by canonical name, each with the name under which it was written."""
    names = {one.spec.name for one in chosen}
    given: dict[str, tuple[str, object]] = {}
    for key, values in config.items():
        written = str(key)
        pipeline = known.find(written)
        if pipeline is None:
            message = f"There is a config for “{written}”, which is no pipeline; it is not used."
            warnings.append(Fault(written, "", UNUSED_CONFIG, message, f"Use one of: {', '.join(known.names())}."))
        elif pipeline.spec.name not in names:
            message = f"There is a config for “{written}”, which is not chosen; it is not used."
            warnings.append(Fault(written, "", UNUSED_CONFIG, message, "Choose the pipeline, or leave its config out."))
        elif pipeline.spec.name in given:
            message = f"“{given[pipeline.spec.name][0]}” and “{written}” are one pipeline; the first config counts."
            warnings.append(Fault(written, "", UNUSED_CONFIG, message, "Write one config for it."))
        else:
            given[pipeline.spec.name] = (written, values)
    return given


def _resolve(
    pipeline: RegisteredPipeline, written: str, values: object, errors: list[Fault], warnings: list[Fault]
) -> dict[str, Any]:
    """The complete config; faulty values are left at their defaults."""
    spec = pipeline.spec
    resolved = complete(spec)
    if values is None:
        return resolved
    if not isinstance(values, Mapping):
        errors.append(_not_an_object(written, f"The config of “{written}”", values, "Write an object of parameters."))
        return resolved
    before = len(errors)
    for key, value in values.items():
        parameter = spec.parameter(str(key))
        if parameter is None:
            message = f"“{written}” has no parameter “{key}”; it is not used."
            hint = f"Its parameters are: {', '.join(one.name for one in spec.parameters)}."
            warnings.append(Fault(written, str(key), UNKNOWN_PARAMETER, message, hint, value))
            continue
        faults = list(_faults_of(parameter, value, written))
        errors += faults
        if not faults:
            resolved[parameter.name] = _as_declared(parameter, value)
    if len(errors) == before:  # only values that are in bounds can be looked at together
        errors += _together(pipeline, written, resolved)
    return resolved


def _together(pipeline: RegisteredPipeline, written: str, resolved: Mapping[str, Any]) -> list[Fault]:
    return [
        Fault(written, one.field, IMPOSSIBLE_VALUE, f"{written}: {one.message}", one.hint, resolved.get(one.field))
        for one in pipeline.wrong_in(resolved)
    ]


def _as_declared(parameter: Parameter, value: Any) -> Any:
    if value is None:
        return None
    return float(value) if parameter.type == "float" else _own(value)


def _not_an_object(pipeline: str, what: str, value: object, hint: str) -> Fault:
    return Fault(pipeline, "", NOT_AN_OBJECT, f"{what} is {_kind(value)}, not an object.", hint, value)


def _faults_of(parameter: Parameter, value: object, written: str) -> Iterator[Fault]:
    def fault(code: str, message: str, hint: str) -> Fault:
        return Fault(written, parameter.name, code, f"{written}: {parameter.name} {message}", hint, value)

    if value is None and parameter.optional:
        return
    wanted = TYPE_WORDS[parameter.type]
    if not _is_of_type(parameter, value):
        yield fault(WRONG_TYPE, f"is {_kind(value)}; it must be {wanted}.", f"Give {wanted}.")
        return
    entries: Sequence[object] = value if isinstance(value, (list, tuple)) else (value,)
    for entry in entries:
        if isinstance(entry, (int, float)) and not isinstance(entry, bool) and not _in_bounds(parameter, entry):
            yield fault(OUT_OF_BOUNDS, f"cannot be {entry}.", _bounds_words(parameter))
        elif isinstance(entry, str) and parameter.choices and entry not in parameter.choices:
            yield fault(NOT_A_CHOICE, f"cannot be “{entry}”.", f"Use one of: {', '.join(parameter.choices)}.")


def _is_of_type(parameter: Parameter, value: object) -> bool:
    if parameter.type == "list":
        return isinstance(value, (list, tuple)) and all(_is_entry(parameter, one) for one in value)
    if parameter.type == "bool" or isinstance(value, bool):
        return parameter.type == "bool" and isinstance(value, bool)
    if parameter.type == "float":
        return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    return isinstance(value, int if parameter.type == "int" else str)


def _is_entry(parameter: Parameter, entry: object) -> bool:
    """Lists hold texts, or numbers when their default does."""
    default = parameter.default or ()
    if default and all(isinstance(one, (int, float)) for one in default):
        return isinstance(entry, (int, float)) and not isinstance(entry, bool) and math.isfinite(entry)
    return isinstance(entry, str)


def _in_bounds(parameter: Parameter, value: float) -> bool:
    least = -MOST_EXACT if parameter.minimum is None else parameter.minimum
    most = MOST_EXACT if parameter.maximum is None else parameter.maximum
    return least <= value <= most


def _bounds_words(parameter: Parameter) -> str:
    unit = f" {parameter.unit}" if parameter.unit else ""
    if parameter.minimum is not None and parameter.maximum is not None:
        return f"Give a number from {parameter.minimum:g} to {parameter.maximum:g}{unit}."
    if parameter.minimum is not None:
        return f"Give a number of at least {parameter.minimum:g}{unit}."
    if parameter.maximum is not None:
        return f"Give a number of at most {parameter.maximum:g}{unit}."
    return "Give a smaller number."


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, float) and not math.isfinite(value):
        return "no finite number"
    kinds = ((int, "a whole number"), (float, "a number"), (str, "a text"), (list, "a list"), (Mapping, "an object"))
    return next((words for kind, words in kinds if isinstance(value, kind)), "of another type")

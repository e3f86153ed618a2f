"""Whether what a plug-in says of itself holds together: forms, checks and listings trust it from then on."""

from collections.abc import Iterator, Sequence

from core.annotate.configuring import TYPE_WORDS, value_faults
from core.annotate.formats.catalogue import FORMATS
from core.annotate.spec import OutputSpec, Parameter, PipelineSpec, Preset

_TEXTS = ("name", "display_name", "description", "version", "family", "variant", "stability")
_LISTS = (("outputs", OutputSpec), ("parameters", Parameter), ("presets", Preset))
_WORD_LISTS = ("tasks", "modalities", "capabilities", "backends", "default_formats", "examples", "aliases")


def require_honest(spec: object) -> None:
    """Raises TypeError for what is no spec or of the wrong kinds, ValueError for what contradicts itself: all of it."""
    if not isinstance(spec, PipelineSpec):
        raise TypeError("its spec is no PipelineSpec")
    if wrong := list(_wrong_kinds(spec)):
        raise TypeError("; ".join(wrong))
    if wrong := [*_wrong_formats(spec), *_wrong_parameters(spec), *_wrong_presets(spec)]:
        raise ValueError("; ".join(wrong))


def _wrong_kinds(spec: PipelineSpec) -> Iterator[str]:
    for name in _TEXTS:
        if not isinstance(getattr(spec, name), str):
            yield f"its {name} is no text"
    for name, kind in _LISTS:
        if not _all_are(getattr(spec, name), kind):
            yield f"its {name} are not all {kind.__name__}"
    for name in _WORD_LISTS:
        if not _all_are(getattr(spec, name), str):
            yield f"its {name} are not all texts"


def _all_are(values: object, kind: type) -> bool:
    return isinstance(values, (tuple, list)) and all(isinstance(one, kind) for one in values)


def _wrong_formats(spec: PipelineSpec) -> Iterator[str]:
    written = [one.format for one in spec.outputs]
    for name in written:
        if name not in FORMATS:
            yield f"there is no format “{name}” (but {', '.join(FORMATS)})"
    for name in spec.default_formats:
        if name not in written:
            yield f"its default format “{name}” is none of its outputs"


def _wrong_parameters(spec: PipelineSpec) -> Iterator[str]:
    names = [one.name for one in spec.parameters]
    for name in _twice(names):
        yield f"it has two parameters “{name}”"
    for one in spec.parameters:
        if one.type not in TYPE_WORDS:
            yield f"its parameter {one.name} has the type “{one.type}” (there are {', '.join(TYPE_WORDS)})"
            continue
        faults = value_faults(one, one.default)
        yield from (f"its default does not fit: {fault.message}" for fault in faults)


def _wrong_presets(spec: PipelineSpec) -> Iterator[str]:
    for preset in spec.presets:
        for name, value in dict(preset.config).items():
            parameter = spec.parameter(name)
            if parameter is None:
                yield f"its preset {preset.name} sets “{name}”, which is no parameter"
            else:
                yield from (f"its preset {preset.name}: {fault.message}" for fault in value_faults(parameter, value))


def _twice(names: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]

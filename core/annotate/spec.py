"""What a pipeline says of itself: data alone, so that listing pipelines loads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

ParameterType: TypeAlias = Literal["float", "int", "bool", "str", "list"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a pipeline. Bounds are inclusive; ``choices`` bound the entries of a list too.

    ``optional``: null is a value too, and the default. ``unit``: s, px, fps, °, "" …; ``advanced`` ones are folded away
    in forms.
    """

    name: str
    type: ParameterType
    default: Any
    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    optional: bool = False
    advanced: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What cannot be, though every value lies in its bounds: ``field`` names the parameter to change."""

    field: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """A format in which a pipeline writes: a name of ``core.annotate.formats``, and what is in it."""

    format: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of parameters for the form."""

    name: str
    title: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PipelineSpec:
    """A pipeline as data. ``outputs``: what it can write; the parameter ``output_formats``, which the registry adds to
    every pipeline, chooses among them, ``default_formats`` unless told otherwise. ``version`` goes up whenever the same
    video and config give other annotations. ``aliases`` are other names that it answers to.
    """

    name: str
    display_name: str
    description: str
    version: str
    family: str
    variant: str
    tasks: tuple[str, ...]
    modalities: tuple[str, ...]
    capabilities: tuple[str, ...]
    backends: tuple[str, ...]
    stability: Literal["stable", "beta", "experimental"]
    outputs: tuple[OutputSpec, ...]
    default_formats: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    presets: tuple[Preset, ...] = ()
    examples: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name."""
        return next((one for one in self.parameters if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a pipeline can run here; if not, why, and what to do."""

    available: bool
    reason: str = ""
    hint: str = ""


AVAILABLE = Availability(True)

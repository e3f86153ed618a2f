"""The pipelines that there are, read away from the Qt thread, and what is wrong with the chosen parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.annotate.spec import Availability, PipelineSpec

if TYPE_CHECKING:
    from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All pipelines in their order; ``defaults`` are those to run unless the person chose; ``broken`` plug-ins."""

    specs: tuple[PipelineSpec, ...] = ()
    availability: Mapping[str, Availability] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()

    def spec(self, name: str) -> PipelineSpec | None:
        """The pipeline of a name."""
        return next((one for one in self.specs if one.name == name), None)

    def can_run(self, name: str) -> bool:
        """Whether it is there and available."""
        return name in self.availability and self.availability[name].available

    def titles(self) -> dict[str, str]:
        """Names for people."""
        return {one.name: one.display_name for one in self.specs}


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong: words by pipeline, and by pipeline and parameter."""

    pipelines: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether nothing can run like this."""
        return bool(self.pipelines)


def read_catalogue(store: "ModelStore") -> Catalogue:
    """Read all pipelines. Slow the first time."""
    from core.annotate.registry import registry

    known = registry()
    pipelines = known.pipelines()
    return Catalogue(
        tuple(one.spec for one in pipelines),
        {one.spec.name: one.availability(store) for one in pipelines},
        known.defaults(store),
        tuple((one.name, one.reason) for one in known.broken()),
    )


def find_faults(store: "ModelStore", pipelines: Sequence[str], config: Mapping[str, Any]) -> Faults:
    """Check the parameters of the chosen pipelines."""
    from core.annotate.configuring import check

    if not pipelines:
        return Faults()
    of_pipelines: dict[str, str] = {}
    of_fields: dict[str, dict[str, str]] = {}
    for fault in check(config, pipelines, models=store).errors:
        of_pipelines.setdefault(fault.pipeline, fault.message)
        if fault.field:
            words = f"{fault.message} {fault.hint}".strip()
            of_fields.setdefault(fault.pipeline, {}).setdefault(fault.field, words)
    return Faults(of_pipelines, of_fields)

"""All pipelines of this Rushes: those that come with it, then plug-ins by name. Listing them loads no heavy library."""

import functools
import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.annotate.entry_points import EntryPoint, find_entry_points
from core.annotate.spec import Availability, Parameter, PipelineSpec, Wrong
from core.errors import NotFound

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, Pipeline, PipelineContext, Video
    from models.store import ModelStore

BUILT_IN = (
    "scene_detection",
    "face_detection",
    "face_recognition",
    "face_analysis",
    "person_tracking",
    "speech_recognition",
    "speaker_diarization",
    "audio_processing",
    "voice_activity",
    "motion_energy",
    "procedure_clips",
)
"""Modules of ``core.annotate.pipelines``, in the order in which they are listed."""
USUAL = ("scene_detection", "person_tracking", "face_analysis", "audio_processing")
"""What runs when nobody chose pipelines, as far as it is available."""
OUTPUT_FORMATS = "output_formats"
"""The parameter that every pipeline has: the formats in which its result is written."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_METHODS = ("availability", "models_needed", "looks", "run")


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A pipeline that could not be loaded; ``reason`` for people."""

    name: str
    reason: str


class RegisteredPipeline:
    """A pipeline as the registry hands it out: with ``output_formats``, and answering whatever is wrong with it."""

    def __init__(self, pipeline: "Pipeline") -> None:
        self._pipeline = pipeline
        self._spec = with_output_formats(pipeline.spec)

    @property
    def spec(self) -> PipelineSpec:
        """See Pipeline."""
        return self._spec

    def availability(self, models: "ModelStore") -> Availability:
        """See Pipeline; a pipeline that fails to say so is not available."""
        try:
            return self._pipeline.availability(models)
        except Exception as error:  # noqa: BLE001  code of third parties
            _log("pipeline %s could not say whether it is available", self._spec.name, error)
            return Availability(False, f"It cannot say whether it can run: {_words(error)}.", "Update or remove it.")

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """See Pipeline."""
        needed = self._pipeline.models_needed(config)
        if isinstance(needed, str) or not all(isinstance(one, str) for one in needed):
            raise TypeError(f"models_needed gave {needed!r}, not the ids of models")
        return needed

    def wrong_in(self, config: Mapping[str, Any]) -> tuple[Wrong, ...]:
        """What a pipeline with a method of this name refuses of a complete config whose values are all in bounds.

        The method is no part of Pipeline: few have one. What one raises stays with the pipeline, for the job to tell.
        """
        look = getattr(self._pipeline, "wrong_in", None)
        if not callable(look):
            return ()
        try:
            return tuple(look(config))
        except Exception as error:  # noqa: BLE001  code of third parties
            _log("pipeline %s could not check its config", self._spec.name, error)
            return ()

    def looks(self, video: "Video", config: Mapping[str, Any]) -> "Sequence[FrameLook]":
        """See Pipeline."""
        return self._pipeline.looks(video, config)

    def run(self, video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":
        """See Pipeline."""
        from core.annotate.pipeline import Found  # noqa: PLC0415  loads av

        found: object = self._pipeline.run(video, config, context)
        if not isinstance(found, Found):
            raise TypeError(f"it gave back {type(found).__name__}, not Found")
        return found


class Registry:
    """Pipelines by name and alias, in a fixed order."""

    def __init__(self, pipelines: Sequence["Pipeline"], broken: Sequence[BrokenPlugin] = ()) -> None:
        """Those that cannot be used, or whose names are taken, are added to ``broken``."""
        self._by_name: dict[str, RegisteredPipeline] = {}
        self._aliases: dict[str, str] = {}
        self._broken = list(broken)
        for pipeline in pipelines:
            self._add(pipeline)

    def pipelines(self) -> tuple[RegisteredPipeline, ...]:
        """All of them: the built-in ones in their order, then plug-ins by name."""
        return tuple(self._by_name.values())

    def names(self) -> tuple[str, ...]:
        """Their names, in the same order; aliases are left out."""
        return tuple(self._by_name)

    def find(self, name: str) -> RegisteredPipeline | None:
        """The pipeline of this name or alias."""
        return self._by_name.get(self._aliases.get(name, name))

    def get(self, name: str) -> RegisteredPipeline:
        """The pipeline of this name or alias. Raises NotFound, which names those that there are."""
        found = self.find(name)
        if found is None:
            raise NotFound(f"There is no pipeline “{name}”.", action=f"Use one of: {', '.join(self._by_name)}.")
        return found

    def broken(self) -> tuple[BrokenPlugin, ...]:
        """What could not be loaded, and why."""
        return tuple(self._broken)

    def defaults(self, models: "ModelStore") -> tuple[str, ...]:
        """What runs when nobody chose: those of USUAL that are available."""
        usual = [self._by_name[name] for name in USUAL if name in self._by_name]
        return tuple(one.spec.name for one in usual if one.availability(models).available)

    def _add(self, pipeline: "Pipeline") -> None:
        try:
            registered = RegisteredPipeline(pipeline)
            self._require_usable(pipeline, registered.spec)
        except Exception as error:  # noqa: BLE001  code of third parties: whatever it raises hides no other pipeline
            name = _name_of(pipeline)
            _log("pipeline %s cannot be used", name, error)
            self._broken.append(BrokenPlugin(name, _words(error)))
            return
        spec = registered.spec
        self._by_name[spec.name] = registered
        self._aliases |= dict.fromkeys(spec.aliases, spec.name)

    def _require_usable(self, pipeline: object, spec: PipelineSpec) -> None:
        for name in (spec.name, *spec.aliases):
            if not _NAME.fullmatch(name):
                raise ValueError(f"“{name}” cannot be a name: use small letters, digits and _")
            if name in self._by_name or name in self._aliases:
                raise ValueError(f"another pipeline is called “{name}” already")
        missing = [name for name in _METHODS if not callable(getattr(pipeline, name, None))]
        if missing:
            raise TypeError(f"it has no {', '.join(missing)}")
        if not spec.outputs:
            raise ValueError("it names no format in which it writes")


@functools.lru_cache(maxsize=1)
def registry() -> Registry:
    """The registry of this process, made once."""
    return load_registry(BUILT_IN, find_entry_points())


def load_registry(built_in: Iterable[str], entry_points: Iterable[EntryPoint]) -> Registry:
    """A registry of modules of ``core.annotate.pipelines`` and of entry points; what fails to load is noted."""
    pipelines: list[Pipeline] = []
    broken: list[BrokenPlugin] = []
    for name in built_in:
        _load(name, EntryPoint(name, f"core.annotate.pipelines.{name}:PIPELINE"), pipelines, broken)
    for point in sorted(entry_points, key=lambda one: one.name):
        _load(point.name, point, pipelines, broken, trusted=False)
    return Registry(pipelines, broken)


def with_output_formats(spec: PipelineSpec) -> PipelineSpec:
    """The same spec with the parameter ``output_formats``. Raises TypeError for what is no spec."""
    if not isinstance(spec, PipelineSpec):
        raise TypeError("its spec is no PipelineSpec")
    if spec.parameter(OUTPUT_FORMATS) is not None:
        return spec
    formats = Parameter(
        OUTPUT_FORMATS,
        "list",
        list(spec.default_formats),
        "The formats in which the result is written.",
        choices=tuple(one.format for one in spec.outputs),
        title="Output formats",
    )
    return replace(spec, parameters=(*spec.parameters, formats))


def _load(
    name: str, point: EntryPoint, pipelines: list["Pipeline"], broken: list[BrokenPlugin], *, trusted: bool = True
) -> None:
    try:
        pipeline = _pipeline_of(point)
        if not trusted:
            from core.annotate.plugin_check import require_honest  # noqa: PLC0415  loads NumPy

            require_honest(pipeline.spec)
        pipelines.append(pipeline)
    except (Exception, SystemExit) as error:  # noqa: BLE001  code of third parties, as in Registry
        _log("pipeline %s could not be loaded", name, error)
        broken.append(BrokenPlugin(name, _words(error)))


def _pipeline_of(point: EntryPoint) -> "Pipeline":
    module_name, _, attributes = point.value.partition(":")
    loaded: Any = importlib.import_module(module_name.strip())
    for attribute in filter(None, attributes.split("[")[0].strip().split(".")):
        loaded = getattr(loaded, attribute)
    pipeline: Pipeline = loaded if _has_spec(loaded) else loaded()
    return pipeline


def _has_spec(loaded: object) -> bool:
    """A class has the property as well, but is a function without arguments that makes one."""
    return not isinstance(loaded, type) and hasattr(loaded, "spec")


def _name_of(pipeline: object) -> str:
    spec = getattr(pipeline, "spec", None)
    return spec.name if isinstance(spec, PipelineSpec) else type(pipeline).__name__


def _log(text: str, name: str, error: BaseException) -> None:
    import logging  # noqa: PLC0415  takes a sixth of the time of a listing

    log = logging.getLogger(__name__)
    log.warning("%s: %s", text % name, _words(error))
    log.debug("why so", exc_info=error)


def _words(error: BaseException) -> str:
    text = str(error).strip().rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

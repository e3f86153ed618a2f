"""Records of procedures as JSON and back; long columns of numbers are packed, so that a score's row stays small."""

import base64
import binascii
import dataclasses
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from core.procedures.types import (
    Comparison,
    Finding,
    FindingType,
    Masks,
    PathPoint,
    ScoreVersions,
    Step,
    StepOutcome,
    Stretch,
    TaskSettings,
)

_TIME_TICKS_HZ = 1_000_000
_SIMILARITY_TICKS = 10_000
_LEVEL = 6


def masks_to_plain(masks: Masks) -> dict[str, Any]:
    """As plain data."""
    return {"regions": [list(region) for region in masks.regions], "faces": masks.faces, "mode": masks.mode}


def masks_from_plain(document: Mapping[str, Any]) -> Masks:
    """The inverse; what is not there is as usual."""
    regions = tuple((float(x), float(y), float(w), float(h)) for x, y, w, h in document.get("regions", ()))
    usual = Masks()
    return Masks(regions, bool(document.get("faces", usual.faces)), str(document.get("mode", usual.mode)))


def settings_to_plain(settings: TaskSettings) -> dict[str, Any]:
    """As plain data."""
    document = {field.name: getattr(settings, field.name) for field in dataclasses.fields(TaskSettings)}
    return document | {"masks": masks_to_plain(settings.masks)}


def steps_to_json(steps: Iterable[Step]) -> str:
    """One compact JSON list."""
    return orjson.dumps([dataclasses.asdict(step) for step in steps]).decode()


def steps_from_json(text: str | bytes) -> tuple[Step, ...]:
    """The inverse; fields of other versions are ignored."""
    return tuple(Step(**_known(Step, one)) for one in orjson.loads(text))


def versions_to_plain(versions: ScoreVersions) -> dict[str, Any]:
    """As plain data."""
    return dataclasses.asdict(versions)


def versions_from_plain(document: Mapping[str, Any]) -> ScoreVersions:
    """The inverse."""
    fields = _known(ScoreVersions, document)
    golds = tuple((int(video), int(embedding), int(steps)) for video, embedding, steps in fields.get("other_golds", ()))
    return ScoreVersions(**fields | {"other_golds": golds})


def comparison_to_json(comparison: Comparison) -> str:
    """One JSON object. Times of the path are kept to 1 µs, its similarities to 1/10,000; the map as it is."""
    document = {field.name: getattr(comparison, field.name) for field in dataclasses.fields(Comparison)}
    document["path"] = _pack_path(comparison.path)
    document["similarity_map"] = _pack_map(comparison.similarity_map)
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def comparison_from_json(text: str | bytes) -> Comparison:
    """The inverse of :func:`comparison_to_json`; fields of other versions are ignored."""
    document = _known(Comparison, orjson.loads(text))
    document["steps"] = tuple(_step_outcome(one) for one in document["steps"])
    document["findings"] = tuple(_finding(one) for one in document["findings"])
    document["path"] = _unpack_path(document["path"])
    document["similarity_map"] = _unpack_map(document["similarity_map"])
    for name in ("gold_boundaries", "trainee_boundaries", "gold_clip_steps", "trainee_clip_steps", "notes"):
        document[name] = tuple(document[name])
    document["clip_preview"] = tuple(
        (int(gold), int(trainee), like) for gold, trainee, like in document["clip_preview"]
    )
    return Comparison(**document)


def _step_outcome(document: dict[str, Any]) -> StepOutcome:
    fields = _known(StepOutcome, document)
    return StepOutcome(**fields | {"gold": Stretch(**fields["gold"]), "trainee": _stretch(fields["trainee"])})


def _finding(document: dict[str, Any]) -> Finding:
    fields = _known(Finding, document)
    return Finding(
        **fields
        | {
            "type": FindingType(fields["type"]),
            "gold": _stretch(fields["gold"]),
            "trainee": _stretch(fields["trainee"]),
        }
    )


def _stretch(document: dict[str, float] | None) -> Stretch | None:
    return None if document is None else Stretch(**document)


def _known(kind: type[Any], document: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: document[field.name] for field in dataclasses.fields(kind) if field.name in document}


# ---------------------------------------------------------------------- packed columns


def _pack_path(path: Sequence[PathPoint]) -> dict[str, Any]:
    """Columns of whole numbers, each the difference to the one before: neighbours differ little, so it packs well."""
    return {
        "gold": _pack_column([point.gold_s for point in path], _TIME_TICKS_HZ),
        "trainee": _pack_column([point.trainee_s for point in path], _TIME_TICKS_HZ),
        "similarity": _pack_column([point.similarity for point in path], _SIMILARITY_TICKS),
        "step": _pack_column([point.step for point in path], 1),
    }


def _unpack_path(document: Mapping[str, str]) -> tuple[PathPoint, ...]:
    gold, trainee, similarity = (
        (_unpack_column(document[name]) / ticks).tolist()
        for name, ticks in (("gold", _TIME_TICKS_HZ), ("trainee", _TIME_TICKS_HZ), ("similarity", _SIMILARITY_TICKS))
    )
    steps = _unpack_column(document["step"]).tolist()
    return tuple(PathPoint(*fields) for fields in zip(gold, trainee, similarity, steps, strict=True))


def _pack_column(values: Sequence[float], ticks: int) -> str:
    whole = np.rint(np.asarray(values, np.float64) * ticks).astype("<i8")
    return _pack(np.diff(whole, prepend=0).astype("<i8").tobytes())


def _unpack_column(text: str) -> npt.NDArray[np.int64]:
    return np.cumsum(np.frombuffer(_unpack(text), "<i8"), dtype=np.int64)


def _pack_map(rows: Sequence[Sequence[int]]) -> dict[str, Any]:
    values = np.asarray(rows, np.uint8).reshape(len(rows), -1) if rows else np.zeros((0, 0), np.uint8)
    return {"shape": list(values.shape), "zlib": _pack(values.tobytes())}


def _unpack_map(document: Mapping[str, Any]) -> tuple[tuple[int, ...], ...]:
    values = np.frombuffer(_unpack(document["zlib"]), np.uint8).reshape(document["shape"])
    return tuple(tuple(row) for row in values.tolist())


def _pack(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, _LEVEL)).decode("ascii")


def _unpack(text: str) -> bytes:
    try:
        return zlib.decompress(base64.b64decode(text, validate=True))
    except (binascii.Error, zlib.error) as error:
        raise ValueError(f"a packed column of a score is damaged: {error}") from error

"""What a probe found, as the JSON of its row; fractions are written as "num/den" so that nothing is rounded."""

import dataclasses
from fractions import Fraction
from typing import Any

import orjson

from core.media.types import AudioStream, MediaInfo


def media_to_json(info: MediaInfo) -> str:
    """One compact JSON object."""
    document = dataclasses.asdict(info)
    document["time_base"] = f"{info.time_base.numerator}/{info.time_base.denominator}"
    return orjson.dumps(document).decode()


def media_from_json(text: str | bytes) -> MediaInfo:
    """The inverse of :func:`media_to_json`; fields of other versions are ignored."""
    document: dict[str, Any] = orjson.loads(text)
    document["time_base"] = Fraction(document["time_base"])
    document["audio"] = tuple(_known(AudioStream, stream) for stream in document.get("audio", ()))
    document["warnings"] = tuple(document.get("warnings", ()))
    return MediaInfo(**_fields(MediaInfo, document))


def _known(kind: type[AudioStream], document: dict[str, Any]) -> AudioStream:
    return kind(**_fields(kind, document))


def _fields(kind: type[Any], document: dict[str, Any]) -> dict[str, Any]:
    return {field.name: document[field.name] for field in dataclasses.fields(kind) if field.name in document}

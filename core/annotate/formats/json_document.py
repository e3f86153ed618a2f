"""Our own JSON: everything that a document holds. Its shape is a promise: fields are added, never renamed or removed.

Times in seconds from the container's start, by PTS; boxes left, top, right, bottom in [0, 1]. Marks, samples and boxes
lie in columns, so that 100,000 boxes are read in a moment. What is unknown (NaN) stands as null.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson

from core.annotate.formats.faults import Faults, refusal
from core.annotate.formats.json_tiers import raw_tier, tier_of
from core.annotate.types import TIME_BASE, Document, MediaFacts, ModelUsed, Provenance, Tier
from core.errors import InvalidRequest, MediaMissing, StorageUnwritable
from core.library.durable import write_atomically

FORMAT = "rushes.annotations"
SCHEMA_VERSION = 1
TITLE = "JSON"
_ACTION = "Choose a file that Rushes wrote, or export it again."


def write_document(path: Path, document: Document) -> None:
    """Write the document. Raises StorageFull, StorageUnwritable; the old file stays then."""
    write_atomically(path, document_bytes(document))


def document_bytes(document: Document) -> bytes:
    """The document as UTF-8 JSON."""
    raw = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "time_base": TIME_BASE,
        "media": raw_media(document.media),
        "provenance": [raw_provenance(one) for one in document.provenance],
        "tiers": [raw_tier(tier) for tier in document.tiers],
    }
    return orjson.dumps(raw, default=str, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)


def raw_media(media: MediaFacts) -> dict[str, Any]:
    """The facts for JSON; a name that is not UTF-8 on the disk keeps its readable part."""
    raw = asdict(media)
    return raw | {key: encodable(raw[key]) for key in ("file_name", "path")}


def raw_provenance(provenance: Provenance) -> dict[str, Any]:
    """The provenance for JSON."""
    return {
        "pipeline": provenance.pipeline,
        "pipeline_version": provenance.pipeline_version,
        "rushes_version": provenance.rushes_version,
        "config": dict(provenance.config),
        "input_sha256": provenance.input_sha256,
        "models": [asdict(model) for model in provenance.models],
        "device": provenance.device,
        "started_at": provenance.started_at,
        "ended_at": provenance.ended_at,
        "time_base": provenance.time_base,
        "warnings": list(provenance.warnings),
    }


def provenance_text(provenance: Provenance) -> str:
    """The provenance as one line of JSON, for formats that keep it as text."""
    return orjson.dumps(raw_provenance(provenance), default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def encodable(text: str) -> str:
    """Text that UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode()


def read_document(path: Path) -> Document:
    """The document that :func:`write_document` wrote.

    Raises MediaMissing without the file, StorageUnwritable when it cannot be read, InvalidRequest naming what is wrong.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise MediaMissing(f"There is no file {path}.", action="Run the pipelines again.") from error
    except OSError as error:
        raise StorageUnwritable(
            f"{path} cannot be read: {error.strerror or error}.", action="Check the file's permissions."
        ) from error
    faults = Faults(TITLE, unit="entry")
    document = parse_document(content, path.name, faults)
    if faults.found:
        raise refusal(path.name, TITLE, tuple(faults.found))
    return document


def parse_document(content: bytes, name: str, faults: Faults) -> Document:
    """A document from JSON; rows that cannot be read are left out and noted.

    Raises InvalidRequest when it is no JSON, not ours, or of a newer Rushes.
    """
    raw = loaded(content, name)
    if not isinstance(raw, dict) or raw.get("format") != FORMAT or not isinstance(raw.get("tiers"), list):
        raise InvalidRequest(f"{name} is no annotation document of Rushes.", action=_ACTION)
    version = raw.get("schema_version")
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise InvalidRequest(
            f"{name} is of schema version {version}; this Rushes reads up to {SCHEMA_VERSION}.", action="Update Rushes."
        )
    tiers: list[Tier] = []
    for number, entry in enumerate(raw["tiers"], start=1):
        tier = tier_of(entry, number, faults)
        if tier is None:
            continue
        if any(one.name == tier.name for one in tiers):
            faults.note(number, tier.name, "a second tier of this name", unit="tier")
            continue
        tiers.append(tier)
    media = _media(raw.get("media"), name)
    return Document(media, tuple(tiers), tuple(_provenances(raw.get("provenance"))))


def loaded(content: bytes, name: str) -> Any:
    """JSON as Python's own types. Raises InvalidRequest naming the place where it breaks off."""
    try:
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(
            f"{name} is no valid JSON: line {error.lineno}, column {error.colno}: {error.msg}.", action=_ACTION
        ) from error
    except RecursionError as error:
        raise InvalidRequest(f"{name} is nested too deeply.", action=_ACTION) from error


def _media(raw: object, name: str) -> MediaFacts:
    given = raw if isinstance(raw, dict) else {}

    def number(key: str) -> float:
        value = given.get(key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else 0.0

    return MediaFacts(
        file_name=str(given.get("file_name") or name),
        path=str(given.get("path") or ""),
        duration_s=number("duration_s"),
        width_px=int(number("width_px")),
        height_px=int(number("height_px")),
        average_fps=number("average_fps"),
        sha256=str(given.get("sha256") or ""),
        has_sound=bool(given.get("has_sound", False)),
    )


def _provenances(raw: object) -> list[Provenance]:
    given = [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []
    return [provenance_of(one) for one in given]


def provenance_of(raw: dict[str, Any]) -> Provenance:
    """A provenance from JSON; what is missing stays empty."""
    config = raw.get("config")
    models = raw.get("models")
    warnings = raw.get("warnings")
    return Provenance(
        pipeline=str(raw.get("pipeline") or ""),
        pipeline_version=str(raw.get("pipeline_version") or ""),
        rushes_version=str(raw.get("rushes_version") or ""),
        config=config if isinstance(config, dict) else {},
        input_sha256=str(raw.get("input_sha256") or ""),
        models=tuple(
            ModelUsed(str(one.get("model", "")), str(one.get("version", "")), str(one.get("licence", "")))
            for one in (models if isinstance(models, list) else [])
            if isinstance(one, dict)
        ),
        device=str(raw.get("device") or "cpu"),
        started_at=str(raw.get("started_at") or ""),
        ended_at=str(raw.get("ended_at") or ""),
        time_base=str(raw.get("time_base") or TIME_BASE),
        warnings=tuple(str(one) for one in (warnings if isinstance(warnings, list) else [])),
    )


def json_bytes(document: Document, tiers: Sequence[Tier], _options: Mapping[str, Any], _notes: list[str]) -> bytes:
    """The document with these tiers, as every writer of a format makes it."""
    return document_bytes(replace(document, tiers=tuple(tiers)))

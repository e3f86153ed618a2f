"""A body of ``POST /api/v1/jobs`` as a request to the library; its files must lie inside the library."""

from collections.abc import Iterator
from pathlib import Path

from app.server.pytoon.fields import CaptionsRequest, JobRequest
from app.server.pytoon.refusals import Refused
from core.errors import InvalidRequest, MediaMissing, NotFound, RushesError, UnsupportedMedia
from core.library.library import Library
from core.render.records import Render
from core.render.types import Captions, RenderRequest


def render_request(library: Library, body: JobRequest, *, remote_allowed: bool) -> RenderRequest:
    """What somebody wants. Raises Refused 400 for a preset or a file that is not there."""
    _require_preset(library, body.preset_id)
    return RenderRequest(
        preset_id=body.preset_id,
        prompt=body.prompt,
        target_duration_s=body.target_duration_seconds,
        brand_safe=body.brand_safe,
        engine_policy=body.engine_policy,
        archetype=body.archetype,
        images=tuple(_path(library, f"image_uris[{at}]", uri) for at, uri in enumerate(body.image_uris)),
        mask=_path_or_none(library, "mask_uri", body.mask_uri),
        music=_path_or_none(library, "music_uri", body.music_uri),
        voice=_path_or_none(library, "voice_uri", body.voice_uri),
        captions=_captions(body.captions),
        title=body.title.strip(),
        remote_allowed=remote_allowed,
    )


def ask_for(library: Library, wanted: RenderRequest, actor: str) -> Render:
    """Make it a job. What is wrong with a file is told with the field that named it.

    Raises InvalidRequest, MediaMissing, UnsupportedMedia, StorageFull; then there is no job.
    """
    try:
        return library.renders.request(wanted, requested_by=actor)
    except (InvalidRequest, MediaMissing, UnsupportedMedia) as error:
        fields, message = [], error.message
        for field, path in _files(wanted):
            if path in error.message:
                fields.append(field)
                message = message.replace(path, f"“{Path(path).name}”")
        if not fields:
            raise
        raise type(error)(f"{', '.join(fields)}: {message}", action=error.action) from error


def _files(wanted: RenderRequest) -> Iterator[tuple[str, str]]:
    """Each field with its path; a picture that is shown several times by its first place."""
    for path in dict.fromkeys(wanted.images):
        yield f"image_uris[{wanted.images.index(path)}]", path
    for field, named in (("mask_uri", wanted.mask), ("music_uri", wanted.music), ("voice_uri", wanted.voice)):
        if named is not None:
            yield field, named


def _require_preset(library: Library, preset_id: str) -> None:
    try:
        library.renders.presets().get(preset_id)
    except NotFound as error:
        raise Refused(400, f"Unknown preset_id: {preset_id[:100]}.", action=error.action) from None


def _path_or_none(library: Library, field: str, uri: str | None) -> str | None:
    return None if uri is None else _path(library, field, uri)


def _path(library: Library, field: str, uri: str) -> str:
    """The file that a URI, or the key of an upload, names."""
    try:
        return str(library.renders.inside(uri))
    except RushesError as error:
        raise Refused(400, f"{field}: {error.message}", action=error.action) from error


def _captions(captions: CaptionsRequest | None) -> Captions | None:
    if captions is None:
        return None
    return Captions(captions.hook or "", tuple(captions.beats or ()), captions.cta or "")

"""``/asr``, ``/detect-language``, ``/status``: for Bazarr and the clients of whisper-asr-webservice."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from app.server.bazarr import answers
from app.server.exchanges import ABORTED
from app.server.incoming import Incoming, receive_form
from app.server.json_bytes import json_answer
from app.server.speech_text import text_of
from app.server.transcriptorio.answers import LanguageFound, ProviderStatus
from app.server.transcriptorio.desk import Automated, Context
from app.server.transcriptorio.documented import text_refusals
from app.server.waiting_clients import HungUp, answer_for
from app.version import rushes_version
from core.errors import InvalidRequest
from core.speech.languages import name as language_name
from core.speech.languages import whisper_code
from core.storage import storage_error
from core.subtitling.requests import AsrRequests
from core.subtitling.types import AsrOptions, AsrTicket

router = APIRouter(tags=["Speech provider"])

FIELD = "audio_file"
Output = Literal["txt", "vtt", "srt", "tsv", "json"]
Prompt = Annotated[str | None, Query(max_length=10_000)]
VideoFile = Annotated[str | None, Query(max_length=4096, description="The client's name of the video, for people.")]
Encode = Annotated[bool, Query(description="false: the file is raw s16le, mono, 16 kHz; true: any media file.")]
_IGNORED = "Accepted for clients that send it; speakers are not part of these answers."

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "In the format of `output`."}
}


@dataclass(frozen=True, slots=True)
class Sound:
    """An upload. ``name`` is for people."""

    path: Path
    sha256: str
    raw_pcm: bool
    name: str


@router.get("/status", response_model=ProviderStatus)
async def status() -> Response:
    """That this is a speech provider; answered without asking anything else."""
    version = rushes_version()
    return json_answer({"version": f"Rushes {version}", "name": "Rushes", "engine": answers.ENGINE})


@router.post("/asr", response_class=Response, responses={**_TEXT, **text_refusals(413, 507)}, openapi_extra=_BODY)
async def asr(
    request: Request,
    context: Context,
    automation: Automated,
    task: Literal["transcribe", "translate"] = "transcribe",
    language: Annotated[str | None, Query(max_length=100)] = None,
    initial_prompt: Prompt = None,
    output: Output = "txt",
    video_file: VideoFile = None,
    min_speakers: Annotated[int | None, Query(description=_IGNORED)] = None,  # noqa: ARG001
    max_speakers: Annotated[int | None, Query(description=_IGNORED)] = None,  # noqa: ARG001
    *,
    encode: Encode = True,
    vad_filter: Annotated[bool | None, Query(description="false: also where nobody speaks.")] = None,
    word_timestamps: bool = False,
    diarize: Annotated[bool, Query(description=_IGNORED)] = False,  # noqa: ARG001
) -> Response:
    """What is said in a sound, or its English translation, as text/plain. It may take as long as the sound lasts."""
    spoken = _asked_language(language)
    requests = automation.requests
    options = AsrOptions(
        preset=await run_in_threadpool(automation.preferences.text, "bazarr_preset"),
        initial_prompt=initial_prompt or "",
        voice_activity=vad_filter is not False,
        word_times=word_timestamps or output in {"srt", "vtt"},
        video_file=video_file or "",
    )

    def submit(sound: Sound) -> AsrTicket:
        return requests.submit(
            sound.path, raw_pcm=sound.raw_pcm, task=task, language=spoken, options=options, sha256=sound.sha256
        )

    try:
        sound = await _received(request, context, requests, encode=encode)
        ticket = await run_in_threadpool(handed_over, submit, sound)
        answer = await answer_for(request, context, requests, ticket)
    except (ClientDisconnect, HungUp):
        return Response(status_code=ABORTED)
    text = await run_in_threadpool(text_of, answer, output, words=word_timestamps)
    return answers.spoken(text, base(video_file) or sound.name, output)


@router.post(
    "/detect-language",
    response_model=LanguageFound,
    responses=text_refusals(413, 507),
    openapi_extra=_BODY,
)
async def detect_language(
    request: Request,
    context: Context,
    automation: Automated,
    video_file: VideoFile = None,
    *,
    encode: Encode = True,
) -> Response:
    """What language is spoken in a sound."""
    requests = automation.requests
    options = AsrOptions(video_file=video_file or "")

    def submit(sound: Sound) -> AsrTicket:
        return requests.detect(sound.path, raw_pcm=sound.raw_pcm, options=options, sha256=sound.sha256)

    try:
        sound = await _received(request, context, requests, encode=encode)
        ticket = await run_in_threadpool(handed_over, submit, sound)
        answer = await answer_for(request, context, requests, ticket)
    except (ClientDisconnect, HungUp):
        return Response(status_code=ABORTED)
    found = answer.language
    if not found.code:
        raise InvalidRequest("Nobody speaks in this sound, so it has no language.")
    code = answers.shown_code(found.code)
    return answers.language(code, language_name(code), found.confidence)


def base(name: str | None) -> str:
    """The last part of a client's path, without its suffix."""
    return PurePosixPath(PureWindowsPath(name or "").name).stem


async def _received(request: Request, context: Context, requests: AsrRequests, *, encode: bool) -> Sound:
    path = await run_in_threadpool(place_for_upload, requests.uploads)
    incoming = await receive_form(request, path, file_field=FIELD, limit_bytes=context.settings.upload_limit_bytes)
    return sound_of(incoming, raw_pcm=not encode)


def sound_of(incoming: Incoming, *, raw_pcm: bool) -> Sound:
    """An upload as it was sent; core recognises a container that was sent as raw samples."""
    return Sound(incoming.file.path, incoming.file.sha256, raw_pcm, base(incoming.file_name) or "audio")


def place_for_upload(folder: Path) -> Path:
    """A free name for an upload; the folder is made. Raises StorageFull, StorageUnwritable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    return folder / f"upload-{secrets.token_hex(8)}"


def handed_over(submit: Callable[[Sound], AsrTicket], sound: Sound) -> AsrTicket:
    """Hand an upload over; one that is refused goes away."""
    try:
        return submit(sound)
    except BaseException:
        sound.path.unlink(missing_ok=True)
        raise


def _asked_language(text: str | None) -> str | None:
    """Whisper's code; None = detect. Raises InvalidRequest."""
    wanted = (text or "").strip()
    return None if wanted.lower() in {"", "auto"} else whisper_code(wanted)

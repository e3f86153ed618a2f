"""The application of the adapter. Its paths answer 404 while the preference ``openai_api_enabled`` is off."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response

from app.server.api_app import new_app
from app.server.bazarr.provider import Sound, handed_over, place_for_upload, sound_of
from app.server.context import ServerContext
from app.server.docs_page import offline_docs
from app.server.exchanges import ABORTED
from app.server.incoming import receive_form
from app.server.json_bytes import json_answer
from app.server.openai.form import HOUSE_MODEL, SpeechForm, checked
from app.server.openai.refusals import handle_errors
from app.server.speech_text import text_of
from app.server.transcriptorio.desk import Automated, Context, running_automation
from app.server.waiting_clients import HungUp, answer_for
from core.errors import NotFound, UnknownModel
from core.speech.languages import name as language_name
from core.speech.presets import speech_model, speech_models
from core.speech.types import Task
from core.subtitling.answers import AsrAnswer
from core.subtitling.types import AsrOptions, AsrTicket

PREFERENCE = "openai_api_enabled"
FIELD = "file"
_DESCRIPTION = """Speech for programs written for OpenAI's audio API; nothing leaves this computer.

It answers while the setting `openai_api_enabled` is true."""
_MULTIPART: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "model"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "model": {"type": "string", "description": "`whisper-1`, or a model of `GET /v1/models`."},
                        "language": {"type": "string"},
                        "prompt": {"type": "string"},
                        "response_format": {"type": "string", "enum": ["json", "text", "srt", "verbose_json", "vtt"]},
                        "temperature": {"type": "number", "minimum": 0, "maximum": 1},
                        "timestamp_granularities[]": {
                            "type": "array",
                            "items": {"type": "string", "enum": ["word", "segment"]},
                        },
                    },
                }
            }
        },
    }
}


async def _enabled(connection: HTTPConnection) -> None:
    """Raises NotFound while nobody turned this on."""
    automation = running_automation(connection.app.state.context)
    if not await run_in_threadpool(automation.preferences.truth, PREFERENCE):
        raise NotFound("This API is turned off here.", action=f"Set {PREFERENCE} to true in the settings.")


router = APIRouter(prefix="/v1", tags=["Speech"], dependencies=[Depends(_enabled)])


def make_app(context: ServerContext) -> FastAPI:
    """The application for one library."""
    app = new_app(context, "Speech for OpenAI clients", _DESCRIPTION)
    handle_errors(app)
    app.include_router(router)
    offline_docs(app)
    return app


@router.post("/audio/transcriptions", openapi_extra=_MULTIPART)
async def transcriptions(request: Request, context: Context, automation: Automated) -> Response:
    """What is said in a file, in the language that is spoken."""
    return await _speech(request, context, automation, "transcribe")


@router.post("/audio/translations", openapi_extra=_MULTIPART)
async def translations(request: Request, context: Context, automation: Automated) -> Response:
    """What is said in a file, in English."""
    return await _speech(request, context, automation, "translate")


@router.get("/models")
def list_models(context: Context) -> Response:
    """The models for speech that are on this machine."""
    return json_answer({"object": "list", "data": [_model(name) for name in _names(context)]})


@router.get("/models/{model}")
def get_model(context: Context, model: str) -> Response:
    """One model."""
    if model not in _names(context):
        raise UnknownModel(f"The model “{model[:100]}” is not on this machine.", action="GET /v1/models lists them.")
    return json_answer(_model(model))


async def _speech(request: Request, context: Context, automation: Automated, task: Task) -> Response:
    requests = automation.requests
    try:
        path = await run_in_threadpool(place_for_upload, requests.uploads)
        limit_bytes = context.settings.upload_limit_bytes
        incoming = await receive_form(request, path, file_field=FIELD, limit_bytes=limit_bytes)
        form: list[SpeechForm] = []

        def submit(sound: Sound) -> AsrTicket:
            form.append(checked(incoming.fields))
            return requests.submit(
                sound.path,
                raw_pcm=False,
                task=task,
                language=form[0].language,
                options=_options(form[0], sound.name),
                sha256=sound.sha256,
            )

        ticket = await run_in_threadpool(handed_over, submit, sound_of(incoming, raw_pcm=False))
        answer = await answer_for(request, context, requests, ticket)
    except (ClientDisconnect, HungUp):
        return Response(status_code=ABORTED)
    return await run_in_threadpool(_shaped, answer, form[0])


def _options(form: SpeechForm, name: str) -> AsrOptions:
    timed = form.response_format in {"srt", "vtt"} or "word" in form.granularities
    return AsrOptions(model=form.model, initial_prompt=form.prompt, word_times=timed, video_file=name)


def _shaped(answer: AsrAnswer, form: SpeechForm) -> Response:
    if form.response_format in {"srt", "vtt"}:
        return Response(text_of(answer, form.response_format), media_type="text/plain")
    text = " ".join(one.text.strip() for one in answer.segments)
    if form.response_format == "text":
        return Response(f"{text}\n", media_type="text/plain")
    if form.response_format == "json":
        return json_answer({"text": text})
    return json_answer(_verbose(answer, form, text))


def _verbose(answer: AsrAnswer, form: SpeechForm, text: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "task": answer.task,
        "language": language_name(answer.language.code).lower() if answer.language.code else "",
        "duration": round(answer.duration_s, 3),
        "text": text,
    }
    if "word" in form.granularities:
        told["words"] = [
            {"word": word.text.strip(), "start": round(word.start_s, 3), "end": round(word.end_s, 3)}
            for one in answer.segments
            for word in one.words
        ]
    if "segment" in form.granularities or not form.granularities:
        told["segments"] = [
            {
                "id": number,
                "seek": 0,
                "start": round(one.start_s, 3),
                "end": round(one.end_s, 3),
                "text": one.text,
                "tokens": [],
                "temperature": 0.0,
                "avg_logprob": one.avg_logprob,
                "compression_ratio": one.compression_ratio,
                "no_speech_prob": one.no_speech_prob,
            }
            for number, one in enumerate(answer.segments)
        ]
    return told


def _names(context: ServerContext) -> list[str]:
    ids = [entry.id for entry in speech_models()]
    missing = {entry.id for entry in context.models.missing(ids)}
    return [HOUSE_MODEL, *(one for one in ids if one not in missing)]


def _model(name: str) -> dict[str, Any]:
    owner = "rushes" if name == HOUSE_MODEL else speech_model(name).title
    return {"id": name, "object": "model", "created": 0, "owned_by": owner}

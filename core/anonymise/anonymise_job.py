"""The work of the job ANONYMISE."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.anonymise.anonymise import anonymise
from core.anonymise.faces_left import FaceLeft, faces_left, in_words
from core.anonymise.jobs import disguise_of, names_of, target_of
from core.anonymise.tracks import Choice, covers_of_document, covers_of_episode
from core.anonymise.types import Disguise
from core.audit.notes import note_export
from core.errors import InvalidRequest
from core.faces.parameters import DEFAULT_DETECTOR
from core.jobs.types import Job, JobContext

if TYPE_CHECKING:
    from core.library.library import Library
    from models.store import ModelStore

COVERING, VERIFYING = "covering", "looking for faces in the copy"
_COVERING_SHARE = 0.8
_MOST_LEFT = 200


@dataclass(frozen=True, slots=True)
class _Order:
    """The video, what to cover in it, and how the trail calls it."""

    video: Path
    choice: Choice
    subject: str


def run_anonymise(library: "Library", models: "ModelStore", job: Job, context: JobContext) -> dict[str, Any]:
    """Write the copy; see ``core.anonymise.jobs.registry`` for the params.

    The result: ``path``, ``size_bytes``, ``frames``, ``covered_frames``, ``tracks``, ``notes``, ``verified``,
    ``faces_left`` (t_s, bbox, score) and ``message``. Raises what :func:`core.anonymise.anonymise.anonymise` raises.
    """
    disguise, target = disguise_of(job.params), target_of(job.params)
    order = _order(library, job)
    look = _Look(models, order.choice, disguise, context, wanted=job.params.get("verify", True) is not False)
    actor = str(job.params.get("requested_by") or job.job_id)

    def before_placing(copy: Path) -> None:
        look.at(copy)
        context.check()  # the last time: what the trail knows is there a moment later
        note_export(library.store, "anonymised video", order.subject, target, actor=actor)

    context.progress(COVERING, 0, overall=0.0)
    done = anonymise(
        order.video,
        target,
        order.choice.covers,
        disguise,
        check=context.check,
        progress=partial(_told, context, COVERING, 0.0, _COVERING_SHARE),
        before_placing=before_placing,
        work_name=job.job_id,
    )
    notes = [*order.choice.notes, *done.notes, *look.notes]
    for note in notes:
        context.log(note, level="warning")
    context.log(f"Wrote {target}")
    return {
        "path": str(target),
        "size_bytes": target.stat().st_size,
        "frames": done.frames,
        "covered_frames": done.covered_frames,
        "tracks": list(done.tracks),
        "notes": notes,
        "verified": look.done,
        "faces_left": [
            {"t_s": one.t_s, "bbox": list(one.bbox), "score": round(one.score, 3)} for one in look.left[:_MOST_LEFT]
        ],
        "message": in_words(look.left) or f"Wrote {target.name}.",
    }


def _order(library: "Library", job: Job) -> _Order:
    params: Mapping[str, Any] = job.params
    chosen, but = names_of(params, "tracks"), names_of(params, "except_tracks") or []
    ep_id = job.ep_id or params.get("ep_id")
    media_id, result_id = params.get("media_id"), params.get("result_id")
    if type(media_id) is int and type(result_id) is int:
        video = library.annotations.video(media_id)
        if all(one.result_id != result_id for one in library.annotations.results(media_id=media_id)):
            raise InvalidRequest(
                f"The result {result_id} is not about {video.file_name}.", action="Choose one of its own results."
            )
        document = library.annotations.document(result_id)
        return _Order(Path(video.path), covers_of_document(document, chosen, but), f"media-{media_id}")
    if isinstance(ep_id, str):
        episode = library.episodes.get(ep_id)
        deleted = params.get("deleted_tracks", True) is not False
        choice = covers_of_episode(library, ep_id, chosen, but, deleted=deleted)
        return _Order(Path(episode.media_path), choice, ep_id)
    raise InvalidRequest(f"The job {job.job_id} names no video.", action="Give ep_id, or media_id and result_id.")


@dataclass(slots=True)
class _Look:
    """The look at the finished copy, where a detector is there."""

    models: "ModelStore"
    choice: Choice
    disguise: Disguise
    context: JobContext
    wanted: bool
    done: bool = False
    left: list[FaceLeft] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def at(self, copy: Path) -> None:
        if not self.wanted:
            self.notes.append("Nobody looked for faces in the copy.")
            return
        if not self.models.ready(DEFAULT_DETECTOR):
            self.notes.append("Nobody looked for faces in the copy: the model that finds faces is not there.")
            return
        self.left = faces_left(
            copy,
            self.models,
            DEFAULT_DETECTOR,
            covers=self.choice.covers,
            disguise=self.disguise,
            left_open=self.choice.left_open,
            check=self.context.check,
            progress=partial(_told, self.context, VERIFYING, _COVERING_SHARE, 1.0),
        )
        self.done = True
        if self.left:
            self.notes.append(in_words(self.left))


def _told(context: JobContext, stage: str, first: float, last: float, done_s: float, total_s: float) -> None:
    part = min(1.0, done_s / total_s) if total_s > 0 else 0.0
    context.progress(stage, int(done_s), int(total_s), unit="s", overall=first + (last - first) * part)

"""The kinds of edits of speakers by name: who says a line, what speakers are called, who of the film they are."""

from typing import Any

from core.errors import InvalidRequest, NotFound
from core.identities.commands import Done
from core.identities.naming import checked_name
from core.transcript.commands import transcript_command
from core.transcript.draft import TranscriptDraft
from core.transcript.runs import identity_labels, plain_label, speaker_labels


@transcript_command("transcript_speaker")
def set_speaker(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"line_ids", "speaker_id" or None}``."""
    rows = draft.lines(payload["line_ids"])
    speaker_id = payload["speaker_id"]
    who = "nobody"
    if speaker_id is not None:
        draft.speaker(speaker_id)
        who = _label(draft, speaker_id)
    what = f"Line {draft.number_of(rows[0])} is" if len(rows) == 1 else f"{len(rows)} lines are"
    draft.set_lines({row["line_id"]: {"speaker_id": speaker_id} for row in rows})
    return Done(f"{what} said by {who}")


@transcript_command("transcript_add_speaker")
def add_speaker(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"name"}``; the result has ``new_id``."""
    speaker_id = draft.new_speaker(checked_name(payload["name"]))
    return Done(f"Add {_label(draft, speaker_id)}", {"new_id": speaker_id, "speaker_id": speaker_id})


@transcript_command("transcript_rename_speaker")
def rename_speaker(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"speaker_id", "name"}``; an empty name takes the name away."""
    row = draft.speaker(payload["speaker_id"])
    label = _label(draft, row["speaker_id"])
    if row["identity_id"] and identity_labels(draft.connection, draft.ep_id, [row["identity_id"]]):
        raise InvalidRequest(
            f"This speaker is linked to {label} and is called like that person.",
            action="Rename the person on the Identities page, or remove the link first.",
        )
    name = checked_name(payload["name"])
    draft.set_speaker(row["speaker_id"], name=name)
    return Done(f"Rename {label} to {name}" if name else f"Clear the name {label}")


@transcript_command("transcript_merge_speakers")
def merge_speakers(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"source_id", "target_id"}``: what the one says is said by the other."""
    if payload["source_id"] == payload["target_id"]:
        raise InvalidRequest("A speaker cannot be merged with itself.", action="Choose two speakers.")
    source, target = draft.speaker(payload["source_id"]), draft.speaker(payload["target_id"])
    title = f"Merge {_label(draft, source['speaker_id'])} into {_label(draft, target['speaker_id'])}"
    lines = draft.connection.execute(
        "SELECT line_id FROM transcript_lines WHERE run_id = ? AND speaker_id = ? AND state != 'void'",
        (draft.runs.transcript, source["speaker_id"]),
    ).fetchall()
    draft.set_lines({row["line_id"]: {"speaker_id": target["speaker_id"]} for row in lines})
    draft.set_speaker(source["speaker_id"], state="deleted")
    draft.set_speaker(
        target["speaker_id"],
        name=target["name"] or source["name"],
        identity_id=target["identity_id"] or source["identity_id"],
        speech_s=target["speech_s"] + source["speech_s"],
    )
    return Done(title, {"target_id": target["speaker_id"]})


@transcript_command("transcript_link_speaker")
def link_speaker(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"speaker_id", "identity_id" or None}``."""
    row = draft.speaker(payload["speaker_id"])
    identity_id = payload["identity_id"]
    label = _label(draft, row["speaker_id"])
    if identity_id is None:
        draft.set_speaker(row["speaker_id"], identity_id=None)
        return Done(f"Remove the link of {label}")
    person = _person(draft, identity_id)
    draft.set_speaker(row["speaker_id"], identity_id=identity_id)
    for refusal_id in _refusals(draft, row["speaker_id"], identity_id):
        draft.set_rows("speaker_refusals", (), {refusal_id: {"live": 0}})
    return Done(f"Link {label} to {person}")


@transcript_command("transcript_refuse_link")
def refuse_link(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"speaker_id", "identity_id"}``: not suggested again."""
    row = draft.speaker(payload["speaker_id"])
    identity_id = payload["identity_id"]
    person = _person(draft, identity_id)
    title = f"Refuse {person} as {plain_label(row)}"
    if row["identity_id"] == identity_id:
        draft.set_speaker(row["speaker_id"], identity_id=None)
    if not _refusals(draft, row["speaker_id"], identity_id):
        refusal_id = draft.connection.execute(
            "INSERT INTO speaker_refusals (ep_id, run_id, speaker_id, identity_id) VALUES (?, ?, ?, ?)",
            (draft.ep_id, draft.runs.speakers, row["speaker_id"], identity_id),
        ).lastrowid
        draft.set_rows("speaker_refusals", (), {refusal_id: {"live": 1}})
    return Done(title)


def _refusals(draft: TranscriptDraft, speaker_id: str, identity_id: str) -> list[int]:
    rows = draft.connection.execute(
        "SELECT refusal_id FROM speaker_refusals WHERE run_id = ? AND speaker_id = ? AND identity_id = ? AND live = 1",
        (draft.runs.speakers, speaker_id, identity_id),
    )
    return [row["refusal_id"] for row in rows]


def _person(draft: TranscriptDraft, identity_id: str) -> str:
    """The label of a living identity. Raises NotFound."""
    found = identity_labels(draft.connection, draft.ep_id, [identity_id])
    if identity_id not in found:
        raise NotFound(f"“{draft.ep_id}” has no identity “{identity_id}”.", action="Look at the list of identities.")
    return found[identity_id]


def _label(draft: TranscriptDraft, speaker_id: str) -> str:
    return speaker_labels(draft.connection, draft.ep_id, draft.runs.speakers)[speaker_id]

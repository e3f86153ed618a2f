"""The kinds of edits of lines by name. A name and the keys of its payload never change: they stand in the log."""

import sqlite3
from collections.abc import Callable
from typing import Any

from core.errors import Conflict, InvalidRequest
from core.identities.commands import Done
from core.identities.draft import counted
from core.transcript.draft import LOOK, TranscriptDraft
from core.transcript.words import joined_words, moved, retimed, spread, text_of, words_from_json, words_to_json

Apply = Callable[[TranscriptDraft, dict[str, Any]], Done]
"""``apply(draft, payload)`` inside a transaction; raises a RushesError when it cannot, and nothing is kept."""

COMMANDS: dict[str, Apply] = {}
LONGEST_TEXT = 5_000
_SHORTEST_S = 0.02
_AFTER_END_S = 0.5


def transcript_command(name: str) -> Callable[[Apply], Apply]:
    """Register a function as the command ``name``, which begins with ``transcript_``."""

    def register(apply: Apply) -> Apply:
        if name in COMMANDS:
            raise ValueError(f"the command {name} is registered twice")
        COMMANDS[name] = apply
        return apply

    return register


@transcript_command("transcript_text")
def set_text(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"line_id", "text"}``."""
    row = draft.line(payload["line_id"])
    text = checked_text(payload["text"])
    title = f"Change the text of line {draft.number_of(row)}"
    if text != row["text"]:
        draft.set_lines({row["line_id"]: written(row, text)})
    return Done(title)


@transcript_command("transcript_times")
def set_times(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"line_id", "start_s", "end_s"}``."""
    row = draft.line(payload["line_id"])
    start_s, end_s = checked_times(draft, payload["start_s"], payload["end_s"])
    title = f"Change the times of line {draft.number_of(row)}"
    if (start_s, end_s) != (row["start_s"], row["end_s"]):
        words = words_to_json(moved(words_from_json(row["words"]), start_s, end_s))
        draft.set_lines({row["line_id"]: {"start_s": start_s, "end_s": end_s, "words": words, "by_person": 1}})
    return Done(title)


@transcript_command("transcript_split")
def split(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"line_id", "word_index"}``: the second line begins with that word, and is the result's ``new_id``."""
    row = draft.line(payload["line_id"])
    words = words_from_json(row["words"]) or spread(row["text"], row["start_s"], row["end_s"], row["language"])
    at = payload["word_index"]
    if not isinstance(at, int) or not 0 < at < len(words):
        raise InvalidRequest(
            f"The line has {counted(len(words), 'word', 'words')}: it cannot be split before word {at}.",
            action="Choose a word inside the line.",
        )
    title = f"Split line {draft.number_of(row)}"
    first, second = words[:at], words[at:]
    middle_s = min(max(second[0].start_s, row["start_s"]), row["end_s"])
    first_end_s = min(max(first[-1].end_s, row["start_s"]), middle_s)
    new = {**dict(row), "start_s": middle_s, "text": text_of(second), "words": words_to_json(second), "by_person": 1}
    draft.set_lines(
        {
            row["line_id"]: {
                "end_s": first_end_s,
                "text": text_of(first),
                "words": words_to_json(first),
                "by_person": 1,
            }
        }
    )
    return Done(title, {"new_id": draft.new_lines([new])[0]})


@transcript_command("transcript_merge")
def merge(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"line_ids"}``: neighbours become the first of them."""
    rows = draft.lines(payload["line_ids"])
    if len(rows) < 2:
        raise InvalidRequest("One line cannot be merged with itself.", action="Choose two lines or more.")
    chosen = {row["line_id"] for row in rows}
    order = [row["line_id"] for row in draft.all_lines()]
    first = order.index(rows[0]["line_id"])
    if set(order[first : first + len(rows)]) != chosen:
        raise InvalidRequest("Only lines that follow each other can be merged.", action="Choose neighbours.")
    number = first + 1
    words = joined_words([_words(row) for row in rows], rows[0]["language"])
    speaker_id = next((row["speaker_id"] for row in rows if row["speaker_id"]), None)
    draft.set_lines(
        {
            rows[0]["line_id"]: {
                "end_s": max(row["end_s"] for row in rows),
                "text": text_of(words),
                "words": words_to_json(words),
                "speaker_id": speaker_id,
                "by_person": 1,
            }
        }
    )
    draft.set_lines({row["line_id"]: {"state": "deleted"} for row in rows[1:]})
    return Done(f"Merge lines {number} to {number + len(rows) - 1}", {"target_id": rows[0]["line_id"]})


@transcript_command("transcript_delete")
def delete(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"line_ids"}``."""
    rows = draft.lines(payload["line_ids"])
    title = f"Delete line {draft.number_of(rows[0])}" if len(rows) == 1 else f"Delete {len(rows)} lines"
    draft.set_lines({row["line_id"]: {"state": "deleted"} for row in rows})
    return Done(title)


@transcript_command("transcript_insert")
def insert(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"start_s", "end_s", "text", "speaker_id"}``; the result has ``new_id``."""
    start_s, end_s = checked_times(draft, payload["start_s"], payload["end_s"])
    text = checked_text(payload["text"])
    speaker_id = payload.get("speaker_id")
    if speaker_id is not None:
        draft.speaker(speaker_id)
    language = _language_at(draft, start_s)
    new = {
        "start_s": start_s,
        "end_s": end_s,
        "text": text,
        "words": words_to_json(spread(text, start_s, end_s, language)),
        "speaker_id": speaker_id,
        "language": language,
        "confidence": 1.0,
        "by_person": 1,
    }
    line_id = draft.new_lines([new])[0]
    return Done(f"Add line {draft.number_of(draft.line(line_id))}", {"new_id": line_id})


@transcript_command("transcript_replace")
def replace(draft: TranscriptDraft, payload: dict[str, Any]) -> Done:
    """``{"find", "texts": {line_id: [before, after]}}``: a line of which nothing is left is deleted."""
    texts = payload["texts"]
    rows = draft.lines(texts)
    for row in rows:
        if row["text"] != texts[row["line_id"]][0]:
            raise Conflict(f"Line {draft.number_of(row)} was changed in the meantime.", action=LOOK)
    emptied = {row["line_id"]: {"state": "deleted"} for row in rows if not texts[row["line_id"]][1].strip()}
    draft.set_lines(
        {
            row["line_id"]: written(row, checked_text(texts[row["line_id"]][1]))
            for row in rows
            if row["line_id"] not in emptied
        }
    )
    draft.set_lines(emptied)
    return Done(f"Replace “{payload['find']}” in {counted(len(rows), 'line', 'lines')}")


def written(row: sqlite3.Row, text: str) -> dict[str, Any]:
    """The columns of a line after a person wrote ``text``."""
    words = retimed(words_from_json(row["words"]), text, row["start_s"], row["end_s"], row["language"])
    return {"text": text, "words": words_to_json(words), "by_person": 1}


def checked_text(text: str) -> str:
    """Text on one line. Raises InvalidRequest when it says nothing."""
    if not isinstance(text, str):
        raise InvalidRequest(f"{text!r} is no text.", action="Give text.")
    wanted = " ".join(text.replace("\x00", " ").split())
    if not wanted:
        raise InvalidRequest("A line cannot be without words.", action="Delete the line instead.")
    if len(wanted) > LONGEST_TEXT:
        raise InvalidRequest(
            f"The line would have {len(wanted)} characters.", action=f"Use at most {LONGEST_TEXT}, or split the line."
        )
    if any(0xD800 <= ord(character) <= 0xDFFF for character in wanted):
        raise InvalidRequest("The text holds half a character.", action="Type it anew.")
    return wanted


def checked_times(draft: TranscriptDraft, start_s: float, end_s: float) -> tuple[float, float]:
    """Times of a line inside the film, in whole milliseconds. Raises InvalidRequest."""
    duration_s = draft.duration_s()
    # comparisons that NaN does not pass
    if not 0 <= start_s < float("inf") or not end_s < float("inf"):
        raise InvalidRequest(
            f"A line cannot go from {start_s} to {end_s} seconds.", action="Choose times inside the film."
        )
    if not end_s - start_s >= _SHORTEST_S:
        raise InvalidRequest("A line must end after it starts.", action="Choose a later end or an earlier start.")
    if duration_s and end_s > duration_s + _AFTER_END_S:
        raise InvalidRequest(
            f"The film is over after {duration_s:.3f} s: no line can go on until {end_s:.3f} s.",
            action="Choose times inside the film.",
        )
    return round(float(start_s), 3), round(float(end_s), 3)


def _words(row: sqlite3.Row) -> tuple[Any, ...]:
    return words_from_json(row["words"]) or spread(row["text"], row["start_s"], row["end_s"], row["language"])


def _language_at(draft: TranscriptDraft, start_s: float) -> str:
    """What the nearest line speaks."""
    row = draft.connection.execute(
        "SELECT language FROM transcript_lines WHERE ep_id = ? AND run_id = ? AND state != 'void' "
        "ORDER BY abs(start_s - ?) LIMIT 1",
        (draft.ep_id, draft.runs.transcript, start_s),
    ).fetchone()
    if row is not None:
        return str(row["language"])
    found = draft.connection.execute(
        "SELECT json_extract(summary, '$.language') FROM runs WHERE run_id = ?", (draft.runs.transcript,)
    ).fetchone()
    return str(found[0] or "")

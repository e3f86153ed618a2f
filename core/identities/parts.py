"""Parts of a track: its boxes divided by a mask, with the times, crops and counts that belong to each."""

import sqlite3
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import orjson

from core.errors import InvalidRequest
from core.identities.draft import Draft
from core.library.boxes import pack_boxes, unpack_boxes

Span = tuple[float, float]


def divide(draft: Draft, track: sqlite3.Row, groups: npt.NDArray[np.int64]) -> list[str]:
    """Replace a live track by one part for each group, in order of their numbers; returns the parts' ids.

    ``groups`` int64 (boxes,) says which part each box belongs to. The parts belong to nobody until they are assigned.
    Raises InvalidRequest when a group would hold no box where a face was really found.
    """
    frames, t_s, bbox, score = unpack_boxes(track["boxes"])
    numbers = np.unique(groups)
    if len(numbers) < 2:
        raise InvalidRequest(
            f"{track['track_id']} cannot be divided there: one side is empty.", action="Choose a frame inside."
        )
    spans = _spans_of_groups(orjson.loads(track["spans"]), t_s, groups)
    parts = []
    for number in numbers.tolist():
        mask = groups == number
        if not (score[mask] >= 0).any():
            raise InvalidRequest(
                f"{track['track_id']} cannot be divided there: no face was found on one side.",
                action="Choose a frame between two faces.",
            )
        boxes = pack_boxes(frames[mask], t_s[mask], bbox[mask], score[mask])
        parts.append(_insert(draft, track, boxes, spans[number], int((score[mask] >= 0).sum())))
    _hand_out_crops(draft, track["track_id"], frames, groups, dict(zip(numbers.tolist(), parts, strict=True)))
    draft.assign(track["track_id"], None, reason="split")
    draft.set_track(track["track_id"], state="split")
    for part in parts:
        refresh_best_crop(draft, part)
    return parts


def refresh_best_crop(draft: Draft, track_id: str) -> None:
    """The best crop of those that are not excluded; none when all are."""
    row = draft.connection.execute(
        "SELECT path FROM crops WHERE run_id = ? AND track_id = ? AND excluded = '' "
        "ORDER BY overall DESC, frame LIMIT 1",
        (draft.detect_run, track_id),
    ).fetchone()
    draft.set_track(track_id, best_crop=row["path"] if row else None)


def _insert(draft: Draft, track: sqlite3.Row, boxes: bytes, spans: Sequence[Span], faces: int) -> str:
    """A dead part, brought to life by a change of its row."""
    part = f"track-{draft.next_number('track'):05d}"
    flags = [flag for flag in orjson.loads(track["flags"]) if flag != "mixed"]
    draft.connection.execute(
        "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, flags, "
        "boxes, state, parent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'void', ?)",
        (
            draft.detect_run,
            draft.ep_id,
            part,
            track["shot_index"],
            spans[0][0],
            spans[-1][1],
            orjson.dumps(spans).decode(),
            faces,
            track["quality"],
            orjson.dumps(flags).decode(),
            boxes,
            track["track_id"],
        ),
    )
    draft.connection.execute(
        "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason) VALUES (?, ?, ?, NULL, 'undone')",
        (draft.ep_id, draft.cluster_run, part),
    )
    draft.set_track(part, state="live")
    draft.assign(part, None, reason=track["reason"] or "no_usable_face")
    return part


def _hand_out_crops(
    draft: Draft,
    track_id: str,
    frames: npt.NDArray[np.int32],
    groups: npt.NDArray[np.int64],
    parts: dict[int, str],
) -> None:
    """Each crop goes to the part that holds its frame, or the box nearest to it."""
    rows = draft.connection.execute(
        "SELECT path, frame FROM crops WHERE run_id = ? AND track_id = ?", (draft.detect_run, track_id)
    ).fetchall()
    for row in rows:
        nearest = int(np.argmin(np.abs(frames.astype(np.int64) - row["frame"])))
        draft.set("crops", (draft.detect_run, row["path"]), track_id=parts[int(groups[nearest])])


def _spans_of_groups(
    spans: Sequence[Sequence[float]], t_s: npt.NDArray[np.float64], groups: npt.NDArray[np.int64]
) -> dict[int, list[Span]]:
    """The track's spans, divided where the group changes: a box stands for the time until the next one."""
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    bounds_s = [-np.inf, *t_s[starts[1:]].tolist(), np.inf]
    found: dict[int, list[Span]] = {int(number): [] for number in np.unique(groups)}
    for index, start in enumerate(starts.tolist()):
        for first_s, last_s in spans:
            piece = (max(first_s, bounds_s[index]), min(last_s, bounds_s[index + 1]))
            if piece[1] > piece[0]:
                found[int(groups[start])].append(piece)
    for number, pieces in found.items():
        if not pieces:  # boxes at the very end of a span: they last for no time
            moment_s = float(t_s[groups == number][0])
            pieces.append((moment_s, moment_s))
    return found

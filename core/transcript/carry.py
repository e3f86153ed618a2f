"""What people decided about a transcript, carried over to a new one: their lines, and who the speakers are."""

import sqlite3
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from core.transcript.lines import NewLine
from core.transcript.runs import CurrentRuns

Stretch = tuple[float, float]
_MOST_COVERED = 0.5
_LEAST_SHARE = 0.3


def with_lines_by_person(connection: sqlite3.Connection, old_run: int, machine: Sequence[NewLine]) -> list[NewLine]:
    """New lines with those that a person wrote in the older transcript, which replace what they overlap by more than
    half.
    """
    rows = connection.execute(
        "SELECT start_s, end_s, text, words, language, confidence FROM transcript_lines "
        "WHERE run_id = ? AND by_person = 1 AND state = 'live' ORDER BY start_s",
        (old_run,),
    )
    kept = [NewLine(**{**dict(row), "speaker_id": None, "by_person": 1}) for row in rows]
    written = merged([(line["start_s"], line["end_s"]) for line in kept])
    left = [line for line in machine if not _covered(line, written)]
    return sorted([*left, *kept], key=lambda line: (line["start_s"], line["end_s"]))


def carry_speakers_by_lines(
    connection: sqlite3.Connection, ep_id: str, old: CurrentRuns, new_run: int, lines: Sequence[NewLine]
) -> None:
    """Speakers of the older transcript go on in a new one, until they are looked for anew: who said most of a line's
    time says the line.
    """
    spoken = stretches_by_speaker(connection, old.transcript)
    for line in lines:
        stretch = [(line["start_s"], line["end_s"])]
        shares = {speaker_id: overlap_s(stretches, stretch) for speaker_id, stretches in spoken.items()}
        best = max(shares, key=lambda one: (shares[one], one), default=None)
        if best is not None and shares[best] > 0:
            line["speaker_id"] = best
    said = {line["speaker_id"] for line in lines}
    rows = connection.execute("SELECT * FROM speakers WHERE run_id = ? AND state = 'live'", (old.speakers,)).fetchall()
    for row in rows:
        if row["speaker_id"] in said or row["name"] or row["identity_id"]:
            speech_s = sum(line["end_s"] - line["start_s"] for line in lines if line["speaker_id"] == row["speaker_id"])
            connection.execute(
                "INSERT INTO speakers (ep_id, run_id, speaker_id, name, identity_id, speech_s) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (ep_id, new_run, row["speaker_id"], row["name"], row["identity_id"], round(speech_s, 3)),
            )
    known = {row["speaker_id"] for row in rows}
    for line in lines:
        if line["speaker_id"] not in known:
            line["speaker_id"] = None
    copy_refusals(connection, ep_id, old.speakers, new_run, {speaker_id: speaker_id for speaker_id in known})


def successors(old: Mapping[str, Sequence[Stretch]], new: Mapping[str, Sequence[Stretch]]) -> dict[str, str]:
    """New speakers by old ones, one each: those who speak at the same time for longest come first."""
    shares = sorted(
        (
            (overlap_s(stretches, others), speaker_id, other_id)
            for speaker_id, stretches in old.items()
            for other_id, others in new.items()
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    for shared_s, speaker_id, other_id in shares:
        least_s = _LEAST_SHARE * min(_length(old[speaker_id]), _length(new[other_id]))
        if shared_s > 0 and shared_s >= least_s and speaker_id not in found and other_id not in found.values():
            found[speaker_id] = other_id
    return found


def copy_refusals(
    connection: sqlite3.Connection, ep_id: str, old_run: int, new_run: int, heirs: Mapping[str, str]
) -> None:
    """Refused links stay refused for who goes on as which speaker."""
    rows = connection.execute(
        "SELECT speaker_id, identity_id FROM speaker_refusals WHERE run_id = ? AND live = 1", (old_run,)
    ).fetchall()
    connection.executemany(
        "INSERT INTO speaker_refusals (ep_id, run_id, speaker_id, identity_id, live) VALUES (?, ?, ?, ?, 1)",
        [(ep_id, new_run, heirs[row["speaker_id"]], row["identity_id"]) for row in rows if row["speaker_id"] in heirs],
    )


def stretches_by_speaker(connection: sqlite3.Connection, transcript_run: int) -> dict[str, list[Stretch]]:
    """When each speaker speaks, out of the live lines."""
    found: dict[str, list[Stretch]] = {}
    for row in connection.execute(
        "SELECT speaker_id, start_s, end_s FROM transcript_lines "
        "WHERE run_id = ? AND state = 'live' AND speaker_id IS NOT NULL ORDER BY start_s",
        (transcript_run,),
    ):
        found.setdefault(row["speaker_id"], []).append((row["start_s"], row["end_s"]))
    return {speaker_id: merged(stretches) for speaker_id, stretches in found.items()}


def merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    """By time, without overlap."""
    found: list[Stretch] = []
    for start_s, end_s in sorted(stretches):
        if found and start_s <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end_s))
        elif end_s > start_s:
            found.append((start_s, end_s))
    return found


def overlap_s(one: Sequence[Stretch], other: Sequence[Stretch]) -> float:
    """Seconds that two lists of stretches share; both by time and without overlap within."""
    if not one or not other:
        return 0.0
    total_s = 0.0
    first, second = _from(one, other[0][0]), _from(other, one[0][0])
    while first < len(one) and second < len(other):
        start_s = max(one[first][0], other[second][0])
        end_s = min(one[first][1], other[second][1])
        total_s += max(0.0, end_s - start_s)
        if one[first][1] <= other[second][1]:
            first += 1
        else:
            second += 1
    return total_s


def _from(stretches: Sequence[Stretch], t_s: float) -> int:
    """The first stretch that ends after a second."""
    return bisect_right(stretches, t_s, key=lambda stretch: stretch[1])


def _covered(line: NewLine, written: Sequence[Stretch]) -> bool:
    length_s = float(line["end_s"] - line["start_s"])
    if length_s <= 0:
        return any(start_s <= line["start_s"] <= end_s for start_s, end_s in written)
    return overlap_s([(line["start_s"], line["end_s"])], written) > _MOST_COVERED * length_s


def _length(stretches: Sequence[Stretch]) -> float:
    return sum(end_s - start_s for start_s, end_s in stretches)

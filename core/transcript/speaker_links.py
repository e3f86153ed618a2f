"""Suggestions that a speaker is an identity, from the votes for its tracks."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from core.library.library import Library
from core.review.boxes import clustering_of_current_tracks
from core.transcript.types import SpeakerLink

LEAST_LIKENESS = 0.4  # a narrator over a lone face comes to less in some seconds
HALF_SURE_S = 2.0  # so much time together makes a vote count half

_VOTES = (
    "SELECT v.speaker_id, v.track_id, v.score, v.seconds, a.identity_id, i.name, t.spans FROM speaker_votes v "
    "JOIN speakers s ON s.run_id = v.run_id AND s.speaker_id = v.speaker_id "
    "JOIN assignments a ON a.ep_id = :ep_id AND a.run_id = :cluster AND a.track_id = v.track_id "
    "JOIN identities i ON i.ep_id = :ep_id AND i.run_id = :cluster AND i.identity_id = a.identity_id AND i.deleted = 0 "
    "JOIN tracks t ON t.run_id = :tracks AND t.track_id = v.track_id AND t.state = 'live' "
    "WHERE v.run_id = :run AND s.state = 'live' AND s.identity_id IS NULL ORDER BY v.speaker_id, v.track_id"
)
_REFUSED = "SELECT speaker_id, identity_id FROM speaker_refusals WHERE run_id = :run AND live = 1"
_LINES = (
    "SELECT start_s, end_s FROM transcript_lines WHERE ep_id = :ep_id AND run_id = :lines AND speaker_id = :speaker "
    "AND state = 'live' ORDER BY start_s"
)

Stretch = tuple[float, float]


@dataclass(slots=True)
class _Case:
    """What speaks for one identity: the sum of score times seconds, of seconds, and the best tracks' times."""

    label: str
    weight: float = 0.0
    seconds: float = 0.0
    spans: list[tuple[float, Stretch]] = field(default_factory=list)


def suggest_links(library: Library, ep_id: str) -> list[SpeakerLink]:
    """For each speaker without an identity the likeliest one, by speaker; refused ones are left out.

    Likeness grows with how surely the faces speak, with the time they do, and with their part of all faces' votes.
    """
    with library.store.snapshot() as connection:
        run = library.runs.current(ep_id, "speakers")
        tracks, clusters = library.runs.current(ep_id, "detect_track"), clustering_of_current_tracks(library, ep_id)
        if run is None or tracks is None or clusters is None:
            return []
        where = {
            "ep_id": ep_id,
            "run": run.run_id,
            "tracks": tracks.run_id,
            "cluster": clusters.run_id,
            "lines": run.inputs.get("transcribe"),
        }
        if run.inputs.get("detect_track", tracks.run_id) != tracks.run_id:
            return []  # the votes are for the tracks of an older analysis
        refused = {(speaker, identity) for speaker, identity in connection.execute(_REFUSED, where)}
        cases = _cases(connection.execute(_VOTES, where))
        found = []
        for speaker_id, people in cases.items():
            total = sum(case.weight for case in people.values())
            open_to = {key: case for key, case in people.items() if (speaker_id, key) not in refused}
            if not open_to or total <= 0:
                continue
            identity_id = max(open_to, key=lambda key: (open_to[key].weight, key))
            lines = [(row[0], row[1]) for row in connection.execute(_LINES, where | {"speaker": speaker_id})]
            link = _link(speaker_id, identity_id, open_to[identity_id], total, lines)
            if link.likeness >= LEAST_LIKENESS:
                found.append(link)
    return found


def _cases(rows: sqlite3.Cursor) -> dict[str, dict[str, _Case]]:
    """By speaker and identity."""
    cases: dict[str, dict[str, _Case]] = {}
    for speaker_id, _, score, seconds, identity_id, name, spans in rows:
        people = cases.setdefault(speaker_id, {})
        case = people.setdefault(identity_id, _Case(name or _unnamed(identity_id)))
        case.weight += score * seconds
        case.seconds += seconds
        case.spans += [(score, (float(start_s), float(end_s))) for start_s, end_s in orjson.loads(spans)]
    return cases


def _link(speaker_id: str, identity_id: str, case: _Case, total: float, lines: Sequence[Stretch]) -> SpeakerLink:
    sureness = case.weight / case.seconds
    likeness = sureness * (case.weight / total) * case.seconds / (case.seconds + HALF_SURE_S)
    start_s, end_s = _best_stretch(case, lines)
    return SpeakerLink(
        speaker_id=speaker_id,
        identity_id=identity_id,
        identity_label=case.label,
        likeness=round(min(1.0, max(0.0, likeness)), 4),
        seconds=round(case.seconds, 3),
        start_s=start_s,
        end_s=end_s,
    )


def _best_stretch(case: _Case, lines: Sequence[Stretch]) -> Stretch:
    """Where the speaker's lines and the person's face last longest together, sure faces first."""
    together = [
        (score * (end_s - start_s), (start_s, end_s))
        for score, span in case.spans
        for line in lines
        if (end_s := min(span[1], line[1])) > (start_s := max(span[0], line[0]))
    ]
    whole = [(score * (span[1] - span[0]), span) for score, span in case.spans]
    return max(together or whole)[1]


def _unnamed(identity_id: str) -> str:
    return f"Person {int(identity_id.rsplit('-', 1)[1])}"

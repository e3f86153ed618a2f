"""A BORIS project (format version 7.0, which BORIS 7, 8 and 9 open): ethogram, subjects, one observation, its events.

Subject = tier, behaviour = label; an interval is a state event (one event starts it, one of the same subject and
behaviour stops it), a point a point event. Friard & Gamba, 2016, doi:10.1111/2041-210X.12584.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.annotate.formats.holding import in_ms, note_lost, without_overlaps
from core.annotate.formats.json_document import encodable, provenance_text
from core.annotate.types import Document, MediaFacts, Tier, TierKind

COMMENT = "comment"
STATE, POINT = "State event", "Point event"
_TITLE = "BORIS"
_NO_DATE = "1970-01-01T00:00:00"
_KEYS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(slots=True)
class _Ethogram:
    """Behaviours in the order in which they come up; a code is either a state or a point."""

    notes: list[str]
    types: dict[str, str] = field(default_factory=dict)

    def code(self, label: str, fallback: str, kind: str) -> str:
        wanted = " ".join(encodable(label).replace("|", "/").split()) or fallback
        if wanted != label.strip():
            self._note("Labels without text are written by the name of their tier, “|” as “/”, breaks as spaces.")
        code, again = wanted, 1
        while self.types.get(code, kind) != kind:
            code = f"{wanted} ({'point' if kind == POINT else 'state'}{'' if again == 1 else f' {again}'})"
            again += 1
            self._note(f"“{wanted}” is both a state and a point: the later one is “{code}”.")
        self.types[code] = kind
        return code

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def conf(self) -> dict[str, Any]:
        return {
            str(at): {
                "type": kind,
                "key": _KEYS[at] if at < len(_KEYS) else "",
                "code": code,
                "description": "",
                "color": "",
                "category": "",
                "modifiers": "",
                "excluded": "",
                "coding map": "",
            }
            for at, (code, kind) in enumerate(self.types.items())
        }


def boris_bytes(document: Document, tiers: Sequence[Tier], _options: Mapping[str, Any], notes: list[str]) -> bytes:
    """The project as JSON."""
    note_lost(tiers, _TITLE, notes, keeps=(COMMENT,))
    apart = without_overlaps(tiers, _TITLE, notes, of_one_label=True)
    ethogram = _Ethogram(notes)
    events = [event for tier in apart for event in _events(tier, ethogram)]
    for tier in apart:
        for word in tier.vocabulary:
            ethogram.code(word, tier.name, _kind(tier))
    events.sort(key=lambda event: (event[0], event[-1]))
    date = max((one.ended_at for one in document.provenance), default="")[:19] or _NO_DATE
    name = encodable(document.media.file_name)
    raw = {
        "time_format": "hh:mm:ss",
        "project_date": date,
        "project_name": f"Annotations of {name}",
        "project_description": _description(document),
        "project_format_version": "7.0",
        "subjects_conf": {
            str(at): {"key": "", "name": encodable(tier.name), "description": encodable(tier.coder)}
            for at, tier in enumerate(apart)
        },
        "behaviors_conf": ethogram.conf(),
        "observations": {name: _observation(document.media, date, [event[:-1] for event in events])},
        "behavioral_categories": [],
        "behavioral_categories_config": {},
        "independent_variables": {},
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }
    return orjson.dumps(raw, default=str, option=orjson.OPT_INDENT_2)


def _kind(tier: Tier) -> str:
    return POINT if tier.kind is TierKind.POINTS else STATE


def _events(tier: Tier, ethogram: _Ethogram) -> list[list[Any]]:
    """Time, subject, code, modifier, comment, frame index, and last what comes first at one time: stops do."""
    events: list[list[Any]] = []
    subject = encodable(tier.name)
    for number, mark in enumerate(tier.marks):
        code = ethogram.code(mark.label, subject, _kind(tier))
        comment = encodable(str(mark.attributes.get(COMMENT, "")))
        start_s, end_s = in_ms(mark.start_s) / 1000, in_ms(mark.end_s) / 1000
        lasts = end_s > start_s
        events.append([start_s, subject, code, "", comment, "NA", (1, number)])
        if tier.kind is not TierKind.POINTS:
            events.append([end_s, subject, code, "", "", "NA", (0 if lasts else 1, number)])
    return events


def _observation(media: MediaFacts, date: str, events: list[list[Any]]) -> dict[str, Any]:
    path = encodable(media.path or media.file_name)
    return {
        "file": {str(player): [path] if player == 1 else [] for player in range(1, 9)},
        "type": "MEDIA",
        "date": date,
        "description": "",
        "time offset": 0.0,
        "events": events,
        "observation time interval": [0, 0],
        "independent_variables": {},
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "media_creation_date_as_offset": False,
        "media_scan_sampling_duration": 0,
        "image_display_duration": 1,
        "close_behaviors_between_videos": False,
        "media_info": {
            "length": {path: media.duration_s},
            "fps": {path: media.average_fps},
            "hasVideo": {path: True},
            "hasAudio": {path: media.has_sound},
            "offset": {"1": 0.0},
        },
    }


def _description(document: Document) -> str:
    return "\n".join(provenance_text(one) for one in document.provenance)

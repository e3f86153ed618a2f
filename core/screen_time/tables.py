"""Screen time as JSON and as tables for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from core.screen_time.types import PersonTime, ProvenInterval, ScreenTime
from core.spreadsheet import harmless

SCHEMA_VERSION = 1
INTERVAL_COLUMNS = (
    "ep_id", "person", "person_id", "identity_ids", "start", "end", "start_s", "end_s", "length_s",
    "start_frame", "end_frame", "start_pts", "end_pts", "track_ids",
)  # fmt: skip
TOTAL_COLUMNS = (
    "ep_id", "person", "person_id", "identity_ids", "total_s", "share", "first", "last", "first_s", "last_s",
    "intervals", "tracks",
)  # fmt: skip


def clock_text(t_s: float) -> str:
    """``h:mm:ss.mmm``, which spreadsheets read as a time."""
    millis = round(max(0.0, t_s) * 1000)
    seconds, millis = divmod(millis, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{millis:03d}"


def intervals_csv(account: ScreenTime) -> bytes:
    """One row for each interval, in order of time; the time of nobody's tracks has an empty person.

    UTF-8 with its mark, so that Excel reads names in any script; RFC 4180 otherwise. A name that a spreadsheet would
    run is quoted harmless.
    """
    rows = [(one.start_pts, _who(person), one) for person in account.people for one in person.intervals]
    rows += [(one.start_pts, _NOBODY, one) for one in account.unassigned]
    rows.sort(key=lambda row: row[0])
    return _csv(INTERVAL_COLUMNS, ({"ep_id": account.ep_id, **who, **_interval_row(one)} for _, who, one in rows))


def totals_csv(account: ScreenTime) -> bytes:
    """One row for each person, the largest time first; dialect as by :func:`intervals_csv`."""
    return _csv(
        TOTAL_COLUMNS,
        (
            {
                "ep_id": account.ep_id,
                **_who(one),
                "total_s": _decimal(one.total_s),
                "share": f"{one.share:.5f}",
                "first": clock_text(one.first_s),
                "last": clock_text(one.last_s),
                "first_s": _decimal(one.first_s),
                "last_s": _decimal(one.last_s),
                "intervals": len(one.intervals),
                "tracks": one.tracks,
            }
            for one in account.people
        ),
    )


def account_json(account: ScreenTime) -> bytes:
    """The whole account as one object; its shape is a promise: fields are added, never renamed or removed."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "ep_id": account.ep_id,
        "title": account.title,
        "duration_s": account.duration_s,
        "gap_s": account.gap_s,
        "padding_s": account.padding_s,
        "people": [_person(one) for one in account.people],
        "overlaps": [{"first": one.first, "second": one.second, "total_s": one.total_s} for one in account.overlaps],
        "unassigned_s": account.unassigned_s,
        "unassigned": [_interval(one) for one in account.unassigned],
        "nobody_s": account.nobody_s,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _person(one: PersonTime) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "person_id": one.person_id,
        "identity_ids": list(one.identity_ids),
        "total_s": one.total_s,
        "first_s": one.first_s,
        "last_s": one.last_s,
        "share": round(one.share, 6),
        "tracks": one.tracks,
        "intervals": [_interval(interval) for interval in one.intervals],
    }


def _interval(one: ProvenInterval) -> dict[str, Any]:
    return {
        "start_s": one.start_s,
        "end_s": one.end_s,
        "start_pts": one.start_pts,
        "end_pts": one.end_pts,
        "start_frame": one.start_frame,
        "end_frame": one.end_frame,
        "track_ids": list(one.track_ids),
    }


_NOBODY: Mapping[str, str] = {"person": "", "person_id": "", "identity_ids": ""}


def _who(one: PersonTime) -> Mapping[str, str]:
    return {
        "person": harmless(one.label),
        "person_id": harmless(one.person_id or ""),
        "identity_ids": " ".join(one.identity_ids),
    }


def _interval_row(one: ProvenInterval) -> dict[str, object]:
    return {
        "start": clock_text(one.start_s),
        "end": clock_text(one.end_s),
        "start_s": _decimal(one.start_s),
        "end_s": _decimal(one.end_s),
        "length_s": _decimal(one.end_s - one.start_s),
        "start_frame": one.start_frame,
        "end_frame": one.end_frame,
        "start_pts": one.start_pts,
        "end_pts": one.end_pts,
        "track_ids": " ".join(one.track_ids),
    }


def _decimal(value: float) -> str:
    return f"{value:.3f}"


def _csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, object]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")

"""Who said what: lines of the whole library that hold all words of a query."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import InvalidRequest
from core.transcript.query import Term, like_of, marks_of, match_of, terms_of
from core.transcript.runs import current_transcript, speaker_labels
from core.transcript.types import Found

if TYPE_CHECKING:
    from core.library.library import Library

_FOUND = (
    "SELECT l.ep_id, l.line_id, l.start_s, l.end_s, l.text, l.speaker_id, e.title FROM {source} "
    "JOIN runs r ON r.run_id = l.run_id AND r.current = 1 JOIN episodes e ON e.ep_id = l.ep_id "
    "WHERE {where} LIMIT ?"
)
# in the order of the index: it stops at the limit, however common a word is
_BY_INDEX = "transcript_search s CROSS JOIN transcript_lines l ON l.line_key = s.rowid"


def search(library: "Library", query: str, *, ep_id: str | None = None, limit: int = 200) -> list[Found]:
    """Lines of present transcripts by title, episode and time, at most ``limit``.

    Words must all be in a line, in any order, whatever their case and accents; ``"in quotes"`` one after the other;
    ``tor*``, and the last word while no space follows it, finds what begins so. Text of scripts without spaces is found
    anywhere. An empty query finds nothing. Raises NotFound for an unknown episode, InvalidRequest for a bad limit.
    """
    if limit < 1:
        raise InvalidRequest(f"{limit} lines cannot be shown.", action="Ask for at least one.")
    terms = terms_of(query)
    with library.store.snapshot() as connection:
        if ep_id is not None:
            current_transcript(connection, ep_id)
        if not terms:
            return []
        rows = _rows(connection, terms, ep_id, limit)
        labels = _labels(connection, {row["ep_id"] for row in rows})
    rows.sort(key=lambda row: (row["title"].casefold(), row["ep_id"], row["start_s"], row["end_s"], row["line_id"]))
    return [
        Found(
            ep_id=row["ep_id"],
            title=row["title"],
            line_id=row["line_id"],
            start_s=row["start_s"],
            end_s=row["end_s"],
            text=row["text"],
            speaker=labels[row["ep_id"]].get(row["speaker_id"] or "", ""),
            marks=marks_of(terms, row["text"]),
        )
        for row in rows
    ]


def _rows(connection: sqlite3.Connection, terms: tuple[Term, ...], ep_id: str | None, limit: int) -> list[sqlite3.Row]:
    where, values = ["l.state = 'live'"], []
    source = "transcript_lines l"
    if match := match_of(terms):
        source = _BY_INDEX
        where.append("transcript_search MATCH ?")
        values.append(match)
    for term in terms:
        if term.inside:
            where.append("l.text LIKE ? ESCAPE '\\'")
            values.append(like_of(term))
    if ep_id is not None:
        where.append("l.ep_id = ?")
        values.append(ep_id)
    statement = _FOUND.format(source=source, where=" AND ".join(where))
    return connection.execute(statement, [*values, limit]).fetchall()


def _labels(connection: sqlite3.Connection, ep_ids: Sequence[str] | set[str]) -> dict[str, dict[str, str]]:
    """Labels of speakers by episode and speaker id."""
    found = {}
    for ep_id in ep_ids:
        runs = current_transcript(connection, ep_id)
        found[ep_id] = speaker_labels(connection, ep_id, runs.speakers) if runs is not None else {}
    return found

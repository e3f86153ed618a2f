"""Find and replace in a transcript: what would change, worked out before anything is written."""

import sqlite3
from collections.abc import Callable, Iterable

import regex as patterns

from core.errors import InvalidRequest
from core.transcript.find_query import FindQuery, Pattern, Watch, places, too_slow
from core.transcript.runs import current_transcript
from core.transcript.types import Replacement

Put = Callable[[patterns.Match[str]], str]


def preview_replace(
    connection: sqlite3.Connection,
    ep_id: str,
    find: str,
    replace: str,
    *,
    match_case: bool = False,
    whole_word: bool = False,
    regex: bool = False,
) -> list[Replacement]:
    """Lines that would change, by time. Raises NotFound, InvalidRequest (nothing to find, a bad pattern)."""
    query = FindQuery(find, match_case, whole_word, regex)
    pattern = query.pattern()
    if pattern is None:
        raise InvalidRequest("There is nothing to look for.", action="Write what is to be found.")
    runs = current_transcript(connection, ep_id)
    if runs is None:
        return []
    rows = connection.execute(
        "SELECT line_id, start_s, text FROM transcript_lines WHERE ep_id = ? AND run_id = ? AND state = 'live' "
        "ORDER BY start_s, end_s, line_id",
        (ep_id, runs.transcript),
    ).fetchall()
    put, watch = _put(query, replace), Watch()
    found = []
    for row, marks in zip(rows, places(pattern, [row["text"] for row in rows]), strict=True):
        if marks and (after := _replaced(pattern, put, row["text"], watch)) != row["text"]:
            found.append(Replacement(row["line_id"], row["start_s"], row["text"], after, marks))
    return found


def replacements(
    connection: sqlite3.Connection,
    ep_id: str,
    find: str,
    replace: str,
    line_ids: Iterable[str] | None,
    *,
    match_case: bool = False,
    whole_word: bool = False,
    regex: bool = False,
) -> dict[str, list[str]]:
    """Text before and after, by line; InvalidRequest when nothing is found."""
    wanted = None if line_ids is None else set(line_ids)
    texts = {
        one.line_id: [one.before, one.after]
        for one in preview_replace(
            connection, ep_id, find, replace, match_case=match_case, whole_word=whole_word, regex=regex
        )
        if wanted is None or one.line_id in wanted
    }
    if not texts:
        raise InvalidRequest(f"“{find}” is in none of the lines.", action="Look for something else.")
    return texts


def _put(query: FindQuery, replace: str) -> Put:
    """What takes the place of a match."""
    if not query.regex:
        return lambda _match: replace

    def expand(match: patterns.Match[str]) -> str:
        try:
            return str(match.expand(replace))
        except (patterns.error, IndexError) as error:
            raise InvalidRequest(
                f"“{replace}” cannot be put in: {error}.",
                action=r"Name groups of the pattern as \1, a backslash as \\.",
            ) from error

    return expand


def _replaced(pattern: Pattern, put: Put, text: str, watch: Watch) -> str:
    """All matches that hold something replaced; the spaces that are left over go."""
    try:
        after = pattern.sub(lambda match: put(match) if match.end() > match.start() else "", text, timeout=watch.left_s)
    except TimeoutError:
        raise too_slow() from None
    return " ".join(after.split())

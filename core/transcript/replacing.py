"""Find and replace in a transcript: what would change, worked out before anything is written."""

import re
import sqlite3
from collections.abc import Callable, Iterable

from core.errors import InvalidRequest
from core.transcript.runs import current_transcript
from core.transcript.types import Replacement

Put = Callable[[re.Match[str]], str]


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
    pattern, put = _pattern(find, replace, match_case=match_case, whole_word=whole_word, regex=regex)
    runs = current_transcript(connection, ep_id)
    if runs is None:
        return []
    rows = connection.execute(
        "SELECT line_id, start_s, text FROM transcript_lines WHERE ep_id = ? AND run_id = ? AND state = 'live' "
        "ORDER BY start_s, end_s, line_id",
        (ep_id, runs.transcript),
    )
    found = []
    for row in rows:
        marks = tuple(match.span() for match in pattern.finditer(row["text"]) if match.end() > match.start())
        if marks and (after := _replaced(pattern, put, row["text"])) != row["text"]:
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


def _pattern(
    find: str, replace: str, *, match_case: bool, whole_word: bool, regex: bool
) -> tuple[re.Pattern[str], Put]:
    if not find:
        raise InvalidRequest("There is nothing to look for.", action="Write what is to be found.")
    source = find if regex else re.escape(find)
    if whole_word:
        source = rf"(?<!\w)(?:{source})(?!\w)"
    try:
        pattern = re.compile(source, 0 if match_case else re.IGNORECASE)
    except re.error as error:
        raise InvalidRequest(
            f"“{find}” is no pattern: {error}.", action="Correct it, or switch patterns off."
        ) from error
    if not regex:
        return pattern, lambda _match: replace

    def expand(match: re.Match[str]) -> str:
        try:
            return match.expand(replace)
        except (re.error, IndexError) as error:
            raise InvalidRequest(
                f"“{replace}” cannot be put in: {error}.",
                action=r"Name groups of the pattern as \1, a backslash as \\.",
            ) from error

    return pattern, expand


def _replaced(pattern: re.Pattern[str], put: Put, text: str) -> str:
    """All matches that hold something replaced; the spaces that are left over go."""
    after = pattern.sub(lambda match: put(match) if match.end() > match.start() else "", text)
    return " ".join(after.split())

"""What people say of findings: rows that are only added; an undo adds one too, naming what it takes back.

Functions that take a connection run inside its transaction.
"""

import sqlite3

from core.audit.log import append
from core.errors import InvalidRequest, NotFound
from core.library.clock import now_text
from core.procedures.json_forms import comparison_from_json
from core.procedures.types import FindingVerdict, Verdict
from core.procedures.words import no_score

LONGEST_COMMENT = 4_000


def read_verdicts(connection: sqlite3.Connection, score_id: int) -> dict[str, FindingVerdict]:
    """What was said last of each finding, by its id."""
    rows = connection.execute("SELECT * FROM procedure_verdicts WHERE score_id = ? ORDER BY verdict_id", (score_id,))
    return {row["finding_id"]: _verdict(row) for row in rows}


def read_history(connection: sqlite3.Connection, score_id: int) -> list[FindingVerdict]:
    """Everything that was said, oldest first."""
    rows = connection.execute("SELECT * FROM procedure_verdicts WHERE score_id = ? ORDER BY verdict_id", (score_id,))
    return [_verdict(row) for row in rows]


def add_verdict(
    connection: sqlite3.Connection, score_id: int, finding_id: str, verdict: Verdict | str, comment: str, actor: str
) -> bool:
    """Whether it says anything new. Raises NotFound, InvalidRequest."""
    wanted, text = _checked(verdict, comment)
    _require_finding(connection, score_id, finding_id)
    present = read_verdicts(connection, score_id).get(finding_id)
    said = (present.verdict, present.comment) if present is not None else (Verdict.NONE, "")
    if said == (wanted, text):
        return False
    _insert(connection, score_id, finding_id, wanted, text, actor, undoes=None)
    return True


def take_back(connection: sqlite3.Connection, score_id: int, actor: str) -> str:
    """Take back the newest that still counts; returns its finding's id. Raises NotFound, InvalidRequest."""
    _require_score(connection, score_id)
    rows = connection.execute(
        "SELECT * FROM procedure_verdicts WHERE score_id = ?1 AND undoes IS NULL AND verdict_id NOT IN "
        "(SELECT undoes FROM procedure_verdicts WHERE score_id = ?1 AND undoes IS NOT NULL) ORDER BY verdict_id DESC",
        (score_id,),
    ).fetchall()
    if not rows:
        raise InvalidRequest("There is no verdict to take back.")
    newest = rows[0]
    before = next((row for row in rows[1:] if row["finding_id"] == newest["finding_id"]), None)
    verdict, comment = (Verdict(before["verdict"]), before["comment"]) if before is not None else (Verdict.NONE, "")
    _insert(connection, score_id, newest["finding_id"], verdict, comment, actor, undoes=newest["verdict_id"])
    return str(newest["finding_id"])


def note(
    connection: sqlite3.Connection, score_id: int, finding_id: str, actor: str, scores: tuple[float, float], undo: bool
) -> None:
    """The entry in the trail for what was just said; ``scores`` before and after it."""
    said = read_verdicts(connection, score_id)[finding_id]
    score = _require_score(connection, score_id)
    append(
        connection,
        kind="verdict",
        subject=f"{score_id}/{finding_id}",
        actor=actor,
        job_id=score["job_id"],
        task_id=score["task_id"],
        details={
            "verdict": said.verdict.value,
            "comment": said.comment,
            "score_before": scores[0],
            "score": scores[1],
            "undo": undo,
        },
    )


def _checked(verdict: Verdict | str, comment: str) -> tuple[Verdict, str]:
    try:
        wanted = Verdict(verdict)
    except ValueError:
        raise InvalidRequest(
            f"“{verdict}” is no verdict.", action="Use confirmed or dismissed, or nothing to take it away."
        ) from None
    text = comment.strip()
    if len(text) > LONGEST_COMMENT:
        raise InvalidRequest(f"The comment has {len(text)} characters.", action=f"Use at most {LONGEST_COMMENT}.")
    return wanted, text


def _require_score(connection: sqlite3.Connection, score_id: int) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT score_id, job_id, task_id FROM procedure_scores WHERE score_id = ?", (score_id,)
    ).fetchone()
    if row is None:
        raise no_score(score_id)
    return row


def _require_finding(connection: sqlite3.Connection, score_id: int, finding_id: str) -> None:
    _require_score(connection, score_id)
    result = connection.execute("SELECT result FROM procedure_scores WHERE score_id = ?", (score_id,)).fetchone()[0]
    if all(one.finding_id != finding_id for one in comparison_from_json(result).findings):
        raise NotFound(f"The score {score_id} has no finding “{finding_id}”.", action="Look at its findings.")


def _insert(
    connection: sqlite3.Connection,
    score_id: int,
    finding_id: str,
    verdict: Verdict,
    comment: str,
    actor: str,
    *,
    undoes: int | None,
) -> None:
    connection.execute(
        "INSERT INTO procedure_verdicts (score_id, finding_id, verdict, comment, actor, created_at, undoes) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (score_id, finding_id, verdict.value, comment, actor, now_text(), undoes),
    )


def _verdict(row: sqlite3.Row) -> FindingVerdict:
    return FindingVerdict(row["finding_id"], Verdict(row["verdict"]), row["comment"], row["actor"], row["created_at"])

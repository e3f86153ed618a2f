"""Scores: a row holds everything that a page or a report shows, so that it outlives the videos.

Functions that take a connection run inside its transaction.
"""

import sqlite3
from typing import Any

import orjson

from core.library.clock import now_text
from core.procedures.json_forms import (
    comparison_from_json,
    comparison_to_json,
    versions_from_plain,
    versions_to_plain,
)
from core.procedures.records import NewScore
from core.procedures.types import Comparison, Score, ScoreSummary, ScoreVersions
from core.procedures.verdicts import read_verdicts
from core.procedures.words import no_score


def read_score(connection: sqlite3.Connection, score_id: int) -> Score:
    """One score, with the verdicts on it. Raises NotFound."""
    row = connection.execute("SELECT * FROM procedure_scores WHERE score_id = ?", (score_id,)).fetchone()
    if row is None:
        raise no_score(score_id)
    return _score(connection, row)


def read_score_of_job(connection: sqlite3.Connection, job_id: str) -> Score | None:
    """The score that a job made."""
    row = connection.execute("SELECT * FROM procedure_scores WHERE job_id = ?", (job_id,)).fetchone()
    return _score(connection, row) if row is not None else None


def read_versions(connection: sqlite3.Connection, score_id: int) -> ScoreVersions:
    """What made a score. Raises NotFound."""
    row = connection.execute("SELECT versions FROM procedure_scores WHERE score_id = ?", (score_id,)).fetchone()
    if row is None:
        raise no_score(score_id)
    return versions_from_plain(orjson.loads(row["versions"]))


def read_summaries(
    connection: sqlite3.Connection, *, task_id: str | None, video_id: int | None, limit: int
) -> list[ScoreSummary]:
    """Newest first; the results themselves are not read."""
    rows = connection.execute(
        "SELECT score_id, job_id, task_id, gold_video_id, trainee_video_id, version, score, passed, versions, "
        "created_at FROM procedure_scores WHERE (?1 IS NULL OR task_id = ?1) "
        "AND (?2 IS NULL OR gold_video_id = ?2 OR trainee_video_id = ?2) ORDER BY score_id DESC LIMIT ?3",
        (task_id, video_id, limit),
    )
    return [_summary(row) for row in rows]


def add_score(connection: sqlite3.Connection, new: NewScore) -> int:
    """Store it as the pair's next version; returns its id, that of the first one if the job stored one before."""
    known = connection.execute("SELECT score_id FROM procedure_scores WHERE job_id = ?", (new["job_id"],)).fetchone()
    if known is not None:
        return int(known["score_id"])
    comparison, versions = new["comparison"], new["versions"]
    newest = connection.execute(
        "SELECT max(version) FROM procedure_scores WHERE gold_video_id = ? AND trainee_video_id = ?",
        (new["gold_video_id"], new["trainee_video_id"]),
    ).fetchone()[0]
    # what a list shows is noted beside the versions: parsing the results of a whole list would be slow
    outcome = {"score": comparison.score, "findings": len(comparison.findings)}
    cursor = connection.execute(
        "INSERT INTO procedure_scores (job_id, task_id, gold_video_id, trainee_video_id, version, score, passed, "
        "result, versions, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new["job_id"],
            new["task_id"],
            new["gold_video_id"],
            new["trainee_video_id"],
            (newest or 0) + 1,
            comparison.score,
            int(passes(comparison, comparison.score, versions)),
            comparison_to_json(comparison),
            orjson.dumps(versions_to_plain(versions) | {"outcome": outcome}).decode(),
            now_text(),
        ),
    )
    return int(cursor.lastrowid or 0)


def weigh_again(connection: sqlite3.Connection, score_id: int) -> float:
    """Bring the row in step with the verdicts, after one was added; returns the score after them. Raises NotFound."""
    score = read_score(connection, score_id)
    connection.execute(
        "UPDATE procedure_scores SET score = ?, passed = ? WHERE score_id = ?",
        (score.score, int(score.passed), score_id),
    )
    return score.score


def passes(comparison: Comparison, score: float, versions: ScoreVersions) -> bool:
    """By the pass mark of the settings that the score was made with; never without a critical step."""
    mark: Any = versions.settings.get("pass_mark", 0.0)
    return not comparison.why_zero and score >= float(mark) and not comparison.critical_missing


def _score(connection: sqlite3.Connection, row: sqlite3.Row) -> Score:
    from core.procedures.rescoring import after_verdicts  # noqa: PLC0415  libraries without scores open without it

    machine = comparison_from_json(row["result"])
    versions = versions_from_plain(orjson.loads(row["versions"]))
    verdicts = read_verdicts(connection, row["score_id"])
    score, comparison = after_verdicts(machine, {key: one.verdict for key, one in verdicts.items()})
    return Score(
        score_id=row["score_id"],
        job_id=row["job_id"],
        task_id=row["task_id"],
        gold_video_id=row["gold_video_id"],
        trainee_video_id=row["trainee_video_id"],
        version=row["version"],
        score=score,
        machine_score=machine.score,
        passed=passes(comparison, score, versions),
        comparison=comparison,
        verdicts=verdicts,
        versions=versions,
        created_at=row["created_at"],
    )


def _summary(row: sqlite3.Row) -> ScoreSummary:
    outcome = orjson.loads(row["versions"])["outcome"]
    return ScoreSummary(
        score_id=row["score_id"],
        job_id=row["job_id"],
        task_id=row["task_id"],
        gold_video_id=row["gold_video_id"],
        trainee_video_id=row["trainee_video_id"],
        version=row["version"],
        score=row["score"],
        machine_score=outcome["score"],
        passed=bool(row["passed"]),
        findings=outcome["findings"],
        created_at=row["created_at"],
    )

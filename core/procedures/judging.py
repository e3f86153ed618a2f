"""A person judges a finding: the verdict, the score that follows from it and the trail, in one transaction."""

import sqlite3

from core.procedures import verdicts
from core.procedures.scores import read_score, weigh_again
from core.procedures.types import Verdict


def set_verdict(
    connection: sqlite3.Connection, score_id: int, finding_id: str, verdict: Verdict | str, comment: str, actor: str
) -> bool:
    """Whether it says anything new. Raises NotFound, InvalidRequest."""
    before = read_score(connection, score_id).score
    if not verdicts.add_verdict(connection, score_id, finding_id, verdict, comment, actor):
        return False
    after = weigh_again(connection, score_id)
    verdicts.note(connection, score_id, finding_id, actor, (before, after), undo=False)
    return True


def undo_verdict(connection: sqlite3.Connection, score_id: int, actor: str) -> bool:
    """Take back what was said last. Raises NotFound, InvalidRequest."""
    before = read_score(connection, score_id).score
    finding_id = verdicts.take_back(connection, score_id, actor)
    after = weigh_again(connection, score_id)
    verdicts.note(connection, score_id, finding_id, actor, (before, after), undo=True)
    return True

"""Which files need no job from a scan, because one was made for them already."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from core.jobs.types import JobState
from core.scanning.types import FileFacts, RuleAction
from core.subtitling.types import SPEECH_TYPES


@dataclass(frozen=True, slots=True)
class _Kept:
    """A transcript that was made of a file as it was then."""

    job_id: str
    task: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class _Written:
    """A subtitle that we wrote."""

    path: str
    language: str
    job_id: str


@dataclass(frozen=True, slots=True)
class Handled:
    """What the library knew of files when the scan began. A file is skipped when

    - a job for it waits or runs,
    - a job for it failed or was canceled since the file last changed, and is still on the list: it waits for a person,
    - a subtitle that we wrote is still beside it, in the language of the rule or from the same task: ``transcribe``
      writes what is spoken, so a rule for another language would otherwise match for ever,
    - the same task found nothing to write in it.
    """

    active: frozenset[str]
    asked_in_vain: Mapping[str, float] = field(default_factory=dict)
    kept: Mapping[str, list[_Kept]] = field(default_factory=dict)
    written: Mapping[str, list[_Written]] = field(default_factory=dict)

    def why(self, facts: FileFacts, action: RuleAction) -> str:
        """Why the file is skipped, "" = it is not."""
        if facts.path in self.active:
            return "A job for it waits or runs."
        if (asked_s := self.asked_in_vain.get(facts.path)) is not None and facts.mtime_ns / 1e9 < asked_s:
            return "Its job failed or was canceled: try that again, or take it off the list."
        same_task = {one.job_id: one for one in self.kept.get(facts.path, ()) if one.task == action.action_type}
        written = self.written.get(facts.path, ())
        for one in written:
            if (one.language == action.target_language or one.job_id in same_task) and Path(one.path).exists():
                return f"Its subtitle is there: {one.path}"
        wrote = {one.job_id for one in written}
        for job_id, kept in same_task.items():
            unchanged = (kept.size_bytes, kept.mtime_ns) == (facts.size_bytes, facts.mtime_ns)
            if unchanged and job_id not in wrote:
                return "Nothing to write was found in it."
        return ""


def load_handled(connection: sqlite3.Connection) -> Handled:
    """Read the state of jobs, kept transcripts and written subtitles once, for all files of a scan."""
    active: set[str] = set()
    asked_in_vain: dict[str, float] = {}
    rows = connection.execute(
        "SELECT type, params, state, created_at FROM jobs WHERE state <> 'succeeded' "
        "AND json_extract(params, '$.file_path') IS NOT NULL ORDER BY seq"
    )
    for row in rows:
        if row["type"] not in SPEECH_TYPES:
            continue
        path = str(json.loads(row["params"])["file_path"])
        if row["state"] in {JobState.QUEUED, JobState.RUNNING}:
            active.add(path)
        else:
            asked_in_vain[path] = datetime.fromisoformat(row["created_at"]).timestamp()
    kept: dict[str, list[_Kept]] = {}
    for row in connection.execute(
        "SELECT media_path, job_id, task, size_bytes, mtime_ns FROM kept_transcripts WHERE problem = ''"
    ):
        kept.setdefault(row["media_path"], []).append(
            _Kept(row["job_id"], row["task"], row["size_bytes"], row["mtime_ns"])
        )
    written: dict[str, list[_Written]] = {}
    for row in connection.execute("SELECT media_path, path, language, job_id FROM subtitle_files"):
        written.setdefault(row["media_path"], []).append(_Written(row["path"], row["language"], row["job_id"]))
    return Handled(frozenset(active), asked_in_vain, kept, written)

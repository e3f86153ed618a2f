"""Procedures on the command line: scores, tasks, steps, training, and the audit trail."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.library.library import Library
from tests.cli.conftest import Rushes
from tests.prepared import Prepared
from tests.procedures.drawn import draw_procedure

NAMES = ("Red", "Green", "Blue", "Yellow", "Grey", "White")
LEFT_OUT = 2


@dataclass(frozen=True)
class Scored:
    """What scoring two films left behind, and said; a step is left out in the second one."""

    library: Path
    report: dict[str, Any]
    pdf: bytes
    steps: list[dict[str, Any]]


@pytest.fixture(scope="module")
def scored_once(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared | None, default_models: object) -> Scored:
    """A drawn procedure of six steps and another performance of it, scored on the command line."""
    folder = tmp_path_factory.mktemp("scored")
    films = folder / "Ünï 你好"
    gold = draw_procedure(films / "gold.mp4", seed=4)
    trainee = draw_procedure(films / "short cut.mp4", seed=4, performance=1, fault="missing", fault_step=LEFT_OUT).path
    steps = [
        {"name": name, "start_s": done.start_s, "end_s": done.end_s, "critical": name == NAMES[LEFT_OUT]}
        for name, done in zip(NAMES, gold.done, strict=True)
    ]
    file, pdf, library = folder / "steps.json", folder / "report.pdf", folder / "library"
    file.write_text(json.dumps({"steps": steps}), encoding="utf-8")
    rushes = Rushes(library, {**os.environ, "RUSHES_LIBRARY": str(library)}, prepared=prepared)
    answer = rushes("score", gold.path, trainee, "--steps", file, "--pdf", pdf, "--json")
    assert answer.code == 0, answer.err
    [report] = answer.data["scores"]
    return Scored(library, report, pdf.read_bytes(), steps)


@pytest.fixture
def scored(scored_once: Scored, rushes: Rushes) -> Scored:
    """The same in this test's own library."""
    shutil.copytree(scored_once.library, rushes.library)
    return scored_once


def test_that_a_step_that_was_left_out_is_named_and_reported(rushes: Callable, scored: Scored) -> None:
    report = scored.report
    [missing] = [one for one in report["findings"] if one["type"] == "step_missing"]
    assert (missing["gold_step"], missing["step"]) == (LEFT_OUT, "Blue")
    assert report["task_id"] == "gold"
    assert report["score"] <= 72.0, "a critical step is worth two sevenths"
    assert scored.pdf.startswith(b"%PDF-")

    again = rushes("score", "1", "2", "--json").data["scores"][0]
    assert (again["version"], again["score"]) == (2, report["score"])
    listed = rushes("procedures", "scores", "gold", "--json").data["scores"]
    assert [one["version"] for one in listed] == [2, 1]
    assert [one["name"] for one in rushes("procedures", "steps", "1", "--json").data["steps"]] == list(NAMES)


def test_that_a_setting_of_a_task_counts_from_the_next_score_on(
    rushes: Callable, scored: Scored, tmp_path: Path
) -> None:
    first = scored.report
    assert not first["passed"], "a critical step is missing, whatever the points"
    file = tmp_path / "steps.json"
    file.write_text(json.dumps({"steps": [{**step, "critical": False} for step in scored.steps]}), encoding="utf-8")
    assert rushes("procedures", "steps", "1", "--set", file).code == 0
    assert rushes("procedures", "set", "gold", "pass_mark=10").code == 0
    second = rushes("score", "1", "2", "--json").data["scores"][0]
    assert second["passed"]
    assert second["score"] > first["score"]
    scores = rushes("procedures", "scores", "--json").data["scores"]
    assert [one["score"] for one in scores] == [second["score"], first["score"]]


def test_that_the_audit_trail_is_listed_checked_exported_and_verified(rushes: Callable, tmp_path: Path) -> None:
    Library.open(rushes.library, holder="a test").close()
    assert rushes("keys", "create", "--role", "viewer").code == 0
    [entry] = rushes("audit", "list", "--json").data["entries"]
    assert entry["kind"] == "key"
    assert rushes("audit", "check", "--json").data == {"entries": 1, "whole": True, "problems": []}

    refused = rushes("audit", "export")
    assert refused.code == 3
    assert "SOPILOT_AUDIT_SIGNING_KEY" in refused.err
    file = tmp_path / "trail.json"
    signing = {"SOPILOT_AUDIT_SIGNING_KEY": "a secret", "SOPILOT_AUDIT_SIGNING_KEY_ID": "prod"}
    assert rushes("audit", "export", "-o", file, **signing).code == 0
    assert rushes("audit", "verify", file, "--json", **signing).data["signature_ok"] is True
    assert rushes("audit", "verify", file, "--json").data["signature_ok"] is None
    assert rushes("audit", "verify", file, SOPILOT_AUDIT_SIGNING_KEY="another").code == 1

    file.write_text(file.read_text(encoding="utf-8").replace("viewer", "admin"), encoding="utf-8")
    changed = rushes("audit", "verify", file)
    assert changed.code == 1
    assert changed.out.startswith("NOT whole")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["score", "nothing.mp4", "other.mp4"], "nothing.mp4"),
        (["score", "7", "8"], "7"),
        (["score", "a.mp4", "b.mp4", "c.mp4", "--pdf", "d.pdf"], "One PDF cannot hold"),
        (["score", "a.mp4", "b.mp4", "--steps", "none.json"], "none.json"),
        (["procedures", "set", "nobody", "pass_mark=80"], "nobody"),
        (["procedures", "set", "nobody", "pass_mark"], "is no setting"),
        (["procedures", "delete", "9"], "9"),
        (["procedures", "videos", "nobody"], "nobody"),
        (["audit", "verify", "none.json"], "none.json"),
        (["audit", "list", "--limit", "0"], "0 entries"),
    ],
)
def test_that_bad_input_is_named(rushes: Callable, arguments: list[str], says: str, default_models: object) -> None:
    Library.open(rushes.library, holder="a test").close()
    answer = rushes(*arguments)
    assert answer.code == 3, answer.err
    assert says in answer.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is no JSON"),
        ("[]", "holds no list of steps"),
        ('[{"name": "A", "start_s": "0", "end_s": 2}]', "start_s is no number"),
        ('[{"name": "A", "start_s": 0, "end_s": 2, "critical": 1}]', "critical is neither true nor false"),
        ("[3]", "is no object"),
    ],
)
def test_that_a_wrong_file_of_steps_is_named(rushes: Callable, tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "steps.json"
    path.write_text(content, encoding="utf-8")
    answer = rushes("score", "a.mp4", "b.mp4", "--steps", path)
    assert answer.code == 3, answer.err
    assert says in answer.err
    assert str(path) in answer.err

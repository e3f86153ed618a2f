"""The OpenAPI document: complete, offline, and true of every answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server.sopilot.live import Api, served, set_environment
from tests.server.sopilot.made_task import MadeTask, make_score, make_task

DOCUMENTED = {
    "/health": {"get"},
    "/metrics": {"get"},
    "/videos": {"get", "post"},
    "/gold": {"post"},
    "/videos/jobs/{ingest_job_id}": {"get"},
    "/score": {"post"},
    "/score/{score_job_id}": {"get"},
    "/score/{score_job_id}/report.pdf": {"get"},
    "/search": {"get"},
    "/videos/{video_id}": {"get", "delete"},
    "/videos/{video_id}/file": {"get"},
    "/train/nightly": {"post"},
    "/train/jobs/{training_job_id}": {"get"},
    "/train/nightly/status": {"get"},
    "/audit/trail": {"get"},
    "/audit/export": {"post"},
    "/audit/export/{export_id}/file": {"get"},
    "/ops/queue": {"get"},
}
EXAMPLES = 4
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Api, MadeTask, dict[str, object]]]:
    set_environment(monkeypatch, AUDIT_SIGNING_KEY="secret")
    with served(tmp_path / "library") as api:
        task = make_task(api.server.library)
        score = make_score(task)
        known = {
            "video_id": task.gold.video_id,
            "task_id": task.gold.task_id,
            "score_job_id": score.job_id,
            "finding_id": "f1",
            "training_job_id": api.post("/train/nightly").json["training_job_id"],
            "export_id": api.post("/audit/export").json["export_id"],
        }
        yield api, task, known


def test_that_every_documented_operation_stands_in_the_openapi_document(api: Api) -> None:
    document = api.server.ask("GET", "/sopilot/openapi.json").json
    for path, methods in DOCUMENTED.items():
        assert methods <= set(document["paths"][path]), path
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            is_open = path in {"/health", "/metrics"}
            assert operation["security"] == ([] if is_open else [{"bearer": []}, {"basic": []}])
            if path not in DOCUMENTED:
                assert operation["description"].startswith("Ours: "), path
            assert {"200", "401", "403", "422", "500", "503"} <= set(operation["responses"])
    for name in ("ScoreRequest", "StepsRequest", "VerdictRequest", "TaskRequest"):
        assert document["components"]["schemas"][name]["example"]
    form = document["paths"]["/videos"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["file", "task_id"]
    assert form["properties"]["role"]["default"] == "trainee"


def test_that_the_documentation_page_needs_no_other_server(api: Api) -> None:
    sent = api.server.ask("GET", "/sopilot/docs")
    assert sent.status == 200
    for address in (b'src="http', b"src='http", b'href="http', b"//cdn", b"@import"):
        assert address not in sent.body


@pytest.mark.filterwarnings("ignore")  # schemathesis and its parts warn about themselves
def test_that_no_generated_request_breaks_the_server_or_its_document(
    made: tuple[Api, MadeTask, dict[str, object]],
) -> None:
    api, _, known = made
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{api.server.port}/sopilot/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in sorted(operations, key=lambda one: bool(one.method == "delete")):  # the others need what is there
        _try(operation, known, api.headers)
    assert len(operations) >= len(DOCUMENTED)


def _try(operation: Any, known: dict[str, object], headers: dict[str, str]) -> None:
    """Each generated request as it is; and, but for deletions, with ids that exist in its path."""
    ids = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def sent(case: Any) -> None:
        case.call_and_validate(checks=[*CHECKS, not_a_server_error], headers=headers)
        if ids and operation.method != "delete":
            case.path_parameters.update(ids)
            case.call_and_validate(checks=[*CHECKS, not_a_server_error], headers=headers)

    sent()

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

from tests.server.pytoon.live import DEV_KEY, JOBS, Api, picture, served
from tests.server.pytoon.test_following import made as made_job

DOCUMENTED = {
    "/health": {"get"},
    "/metrics": {"get"},
    "/api/v1/presets": {"get"},
    "/api/v1/assets/upload": {"post"},
    "/api/v1/jobs": {"post", "get"},
    "/api/v1/jobs/{job_id}": {"get", "delete"},
    "/api/v1/jobs/{job_id}/segments": {"get"},
}
OURS = {
    "/api/v1/jobs/{job_id}/cancel": {"post"},
    "/api/v1/jobs/{job_id}/output": {"get"},
    "/api/v1/jobs/{job_id}/thumbnail": {"get"},
    "/api/v1/jobs/{job_id}/metadata": {"get"},
    "/api/v1/jobs/{job_id}/segments/{index}": {"get"},
    "/api/v1/jobs/{job_id}/events": {"get"},
    "/api/v1/assets/{upload_id}/{file_name}": {"delete"},
}
EXAMPLES = 6
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def made(tmp_path: Path, no_environment: None) -> Iterator[tuple[Api, dict[str, object]]]:
    with served(tmp_path / "library") as api:
        job = made_job(api)
        job.segment_done(0)
        job.done()
        key = api.upload(picture(), "a.png").json["key"].split("/")
        yield api, {"job_id": job.job_id, "index": 0, "upload_id": key[1], "file_name": key[2]}


def test_that_every_documented_operation_stands_in_the_openapi_document(api: Api) -> None:
    document = api.get("/openapi.json").json
    assert {path: set(methods) for path, methods in document["paths"].items()} == DOCUMENTED | OURS
    for path, methods in document["paths"].items():
        is_open = path in {"/health", "/metrics"}
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["security"] == ([] if is_open else [{"APIKeyHeader": []}])
            assert {"403", "500", "503"} <= set(operation["responses"])
            assert is_open or {"401", "422"} <= set(operation["responses"])
            if path in OURS or method == "delete" or (path == JOBS and method == "get"):
                assert operation["description"].startswith("Ours: "), path
    scheme = document["components"]["securitySchemes"]["APIKeyHeader"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-API-Key")
    job = document["components"]["schemas"]["JobRequest"]
    assert job["required"] == ["preset_id"]
    seconds = job["properties"]["target_duration_seconds"]
    assert (seconds["type"], seconds["minimum"], seconds["maximum"], seconds["default"]) == ("integer", 1, 60, 15)
    form = document["paths"]["/api/v1/assets/upload"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert (form["required"], form["properties"]["category"]["default"]) == (["file"], "image")
    assert form["properties"]["category"]["enum"] == ["image", "mask", "audio"]


def test_that_the_documentation_page_needs_no_other_server(among_others: Api) -> None:
    for page in (among_others.get("/docs"), among_others.at_main.get("/pytoon/docs")):
        assert page.status == 200
        for address in (b'src="http', b"src='http", b'href="http', b"//cdn", b"@import"):
            assert address not in page.body


@pytest.mark.filterwarnings("ignore")  # schemathesis and its parts warn about themselves
def test_that_no_generated_request_breaks_the_server_or_its_document(made: tuple[Api, dict[str, object]]) -> None:
    api, known = made
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{api.port}/openapi.json")
    found: list[Any] = list(schema.get_all_operations())
    operations = [result.ok() for result in found]
    for operation in sorted(operations, key=lambda one: bool(one.method == "delete")):  # the others need what is there
        _try(operation, known, {"X-API-Key": DEV_KEY})
    assert len(operations) == sum(len(methods) for methods in (DOCUMENTED | OURS).values())


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

"""The OpenAPI document: the published one with what is ours, offline, and true of every answer."""

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

from tests.server.videoannotator.document import DOCUMENT
from tests.server.videoannotator.live import Api, served

EXAMPLES = 3
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = "/api/v1/events/stream"
OURS = {"/api/v1/jobs/{job_id}/artifacts"}


@pytest.fixture
def made(tmp_path: Path, film: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Api, dict[str, object]]]:
    with served(tmp_path / "library", monkeypatch) as api:
        job_id = api.done(film, selected_pipelines="ticks,brightness,failing")
        yield api, {"job_id": job_id, "pipeline_name": "ticks"}


def test_that_the_whole_document_is_there_with_its_names(api: Api) -> None:
    ours = api.get("/openapi.json").json
    assert ours["info"]["version"] == "1.3.0"
    assert set(ours["paths"]) == set(DOCUMENT["paths"]) | OURS
    for path, methods in DOCUMENT["paths"].items():
        assert set(methods) == set(ours["paths"][path])
        for method, operation in methods.items():
            own = ours["paths"][path][method]
            assert own["operationId"] == operation["operationId"]
            assert own["summary"]
            assert set(operation["responses"]) <= set(own["responses"]), (method, path)
            assert {"401", "403", "422", "500", "503"} <= set(own["responses"])
            assert ({} in own["security"]) == (not operation.get("security"))
            for parameter in operation.get("parameters", ()):
                same = next(one for one in own["parameters"] if one["name"] == parameter["name"])
                assert (same["in"], same["required"]) == (parameter["in"], parameter["required"])
                assert same["schema"].get("default") == parameter["schema"].get("default")
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if name in ours["components"]["schemas"]:
            assert set(schema["properties"]) <= set(ours["components"]["schemas"][name]["properties"]), name
    assert {"JobResponse", "JobListResponse", "JobResultsResponse", "PipelineInfo", "HTTPValidationError"} <= set(
        ours["components"]["schemas"]
    )
    assert {"HTTPBearer", "APIKeyHeader"} == set(ours["components"]["securitySchemes"])


def test_that_the_documentation_page_needs_no_other_server(api: Api) -> None:
    for base in (api.get("/docs"), api.at_main.get("/videoannotator/docs")):
        assert base.status == 200
        for address in (b'src="http', b"src='http", b'href="http', b"//cdn", b"@import"):
            assert address not in base.body


@pytest.mark.filterwarnings("ignore")  # schemathesis and its parts warn about themselves
def test_that_no_generated_request_breaks_the_server_or_its_document(made: tuple[Api, dict[str, object]]) -> None:
    api, known = made
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{api.port}/openapi.json")
    found: list[Any] = list(schema.get_all_operations())
    operations = [result.ok() for result in found]
    for operation in sorted(operations, key=lambda one: bool(one.method == "delete")):  # the others need what is there
        if operation.path != ENDLESS:
            _try(operation, known, {"Authorization": f"Bearer {api.key}"})
    assert len(operations) == sum(len(methods) for methods in DOCUMENT["paths"].values()) + len(OURS)


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

"""The OpenAPI document: complete, offline, and true of every answer."""

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

from tests.server.screenalytics.live import Live

DOCUMENTED = {
    "/episodes": {"post"},
    "/episodes/{ep_id}": {"get", "delete"},
    "/jobs/detect_track": {"post"},
    "/jobs/detect_track_async": {"post"},
    "/jobs/{job_id}": {"get"},
    "/jobs/{job_id}/progress": {"get"},
    "/jobs/{job_id}/cancel": {"post"},
    "/jobs/faces_embed_async": {"post"},
    "/jobs/cluster_async": {"post"},
    "/jobs/episode_cleanup_async": {"post"},
    "/episodes/{ep_id}/identities/merge": {"post"},
    "/episodes/{ep_id}/identities/split": {"post"},
    "/episodes/{ep_id}/tracks/{track_id}/move": {"post"},
    "/episodes/{ep_id}/tracks/{track_id}": {"delete"},
    "/episodes/{ep_id}/identities/{identity_id}": {"patch"},
    "/cast/{cast_id}/seeds/upload": {"post"},
    "/episodes/{ep_id}/tracks/{track_id}/crops": {"get"},
    "/episodes/{ep_id}/progress": {"get"},
    "/healthz": {"get"},
}
STREAMS = "/jobs/detect_track"
EXAMPLES = 5
KNOWN = {"ep_id": "film", "track_id": "track-00001", "identity_id": "identity-00001", "cast_id": "lisa"}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_that_every_documented_operation_stands_in_the_openapi_document(still_empty: Live) -> None:
    document = still_empty.client.get("/openapi.json").json
    for path, methods in DOCUMENTED.items():
        assert methods <= set(document["paths"][path]), path
        for method in methods:
            described = document["paths"][path][method]
            assert described["summary"]
            assert {"200", "422", "500"} <= set(described["responses"]) or path == "/healthz"
    for name in ("DetectTrackRequest", "MergeRequest", "SplitRequest", "MoveRequest", "IdentityPatch"):
        assert document["components"]["schemas"][name]["example"]


def test_that_the_documentation_page_needs_no_other_server(still_empty: Live) -> None:
    sent = still_empty.client.get("/docs")
    assert sent.status == 200
    assert sent.headers["content-type"].startswith("text/html")
    for address in (b'src="http', b"src='http", b'href="http', b"//cdn", b"@import"):
        assert address not in sent.body


@pytest.mark.filterwarnings("ignore")  # schemathesis and its parts warn about themselves
@pytest.mark.parametrize("known", [{}, KNOWN], ids=["any ids", "ids that exist"])
def test_that_no_generated_request_breaks_the_server_or_its_document(live: Live, known: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_url(f"{live.client.base_url}/openapi.json")
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == STREAMS:
            continue  # its stream lasts as long as its job
        if known and (operation.method, operation.path) == ("delete", "/episodes/{ep_id}"):
            continue  # the others need it
        _try(operation, known)
        tried += 1
    assert tried >= len(DOCUMENTED)


def _try(operation: Any, known: dict[str, str]) -> None:
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
        for name, value in known.items():
            if f"{{{name}}}" in operation.path:
                case.path_parameters[name] = value
        case.call_and_validate(checks=CHECKS)

    sent()

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

from tests.server.speech_server import SpeechServer

DOCUMENTED = {
    "/": {"get"},
    "/health": {"get"},
    "/api/status": {"get"},
    "/api/workers": {"get", "post"},
    "/api/workers/stats": {"get"},
    "/api/workers/{worker_id}": {"get", "delete"},
    "/api/workers/pool/start": {"post"},
    "/api/workers/pool/stop": {"post"},
    "/api/jobs": {"get", "post"},
    "/api/jobs/stats": {"get"},
    "/api/jobs/{job_id}": {"get", "delete"},
    "/api/jobs/{job_id}/retry": {"post"},
    "/api/jobs/{job_id}/cancel": {"post"},
    "/api/jobs/queue/clear": {"post"},
    "/api/scan-rules": {"get", "post"},
    "/api/scan-rules/{rule_id}": {"get", "put", "delete"},
    "/api/scan-rules/{rule_id}/toggle": {"post"},
    "/api/scanner/status": {"get"},
    "/api/scanner/scan": {"post"},
    "/api/scanner/scheduler/start": {"post"},
    "/api/scanner/scheduler/stop": {"post"},
    "/api/scanner/watcher/start": {"post"},
    "/api/scanner/watcher/stop": {"post"},
    "/api/scanner/analyze": {"post"},
    "/api/settings": {"get", "post"},
    "/api/settings/{key}": {"get", "put", "delete"},
    "/api/settings/bulk-update": {"post"},
    "/api/settings/init-defaults": {"post"},
    "/api/system/resources": {"get"},
    "/api/system/cpu": {"get"},
    "/api/system/memory": {"get"},
    "/api/system/gpus": {"get"},
    "/api/system/gpu/{device_id}": {"get"},
    "/api/filesystem/browse": {"get"},
    "/api/filesystem/common-paths": {"get"},
    "/api/setup/status": {"get"},
    "/api/setup/standalone": {"post"},
    "/api/setup/bazarr-slave": {"post"},
    "/api/setup/skip": {"post"},
    "/asr": {"post"},
    "/detect-language": {"post"},
    "/status": {"get"},
}
WAITS_FOR_WORKERS = {"/asr", "/detect-language"}
STARTS_WORKERS = {"/api/workers/pool/start", "/api/setup/standalone"}
EXAMPLES = 4
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_that_every_documented_operation_stands_in_the_openapi_document(server: SpeechServer) -> None:
    document = server.get("/transcriptorio/openapi.json").json
    described = {path: set(methods) for path, methods in document["paths"].items()}
    assert described == DOCUMENTED
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert "422" not in operation["responses"]
    for name in ("JobRequest", "WorkerRequest", "RuleRequest", "SettingRequest", "StandaloneRequest"):
        assert document["components"]["schemas"][name]["example"]


def test_that_the_documentation_pages_need_no_other_server(server: SpeechServer) -> None:
    for port, path in ((server, "/transcriptorio/docs"), (server, "/openai/docs"), (server.bazarr, "/docs")):
        sent = port.get(path)
        assert sent.status == 200
        for address in (b'src="http', b"src='http", b'href="http', b"//cdn", b"@import"):
            assert address not in sent.body


@pytest.mark.filterwarnings("ignore")  # schemathesis and its parts warn about themselves
def test_that_no_generated_request_breaks_the_server_or_its_document(server: SpeechServer) -> None:
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/transcriptorio/openapi.json")
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path not in WAITS_FOR_WORKERS | STARTS_WORKERS:
            _try(operation)
            tried += 1
    assert tried >= sum(map(len, DOCUMENTED.values())) - 4


def _try(operation: Any) -> None:
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
        case.call_and_validate(checks=CHECKS)

    sent()

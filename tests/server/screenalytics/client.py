"""An HTTP client for the tests: nothing between them and the bytes on the wire."""

import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        assert self.headers.get("content-type", "").startswith("application/json"), (self.headers, self.body[:300])
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """The data of an enveloped answer, which went well."""
        assert self.status == 200, (self.status, self.body[:500])
        content = self.json
        assert content["ok"] is True
        assert content["meta"]["request_id"]
        assert content["meta"]["timestamp"].endswith("Z")
        return content["data"]

    def done(self) -> None:
        """The answer is enveloped and went well."""
        assert self.data is not None

    def refused(self, status: int, code: str) -> dict[str, Any]:
        """The error of an enveloped refusal with this status and code."""
        content = self.json
        assert (self.status, content["error"]["code"]) == (status, code), (self.status, self.body[:600])
        assert content["ok"] is False
        assert content["meta"]["request_id"]
        assert len(content["error"]["message"]) > 10
        assert isinstance(content["error"]["details"], dict)
        assert b"Traceback" not in self.body
        assert b'File "' not in self.body
        return content["error"]


class Client:
    """Talks to one base address; a connection for each request unless ``keep`` was asked for."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        assert parts.hostname is not None
        self.host, self.port, self.prefix = parts.hostname, parts.port, parts.path.rstrip("/")
        self.base_url = base_url

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request with bytes as they are."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, self.prefix + path, body, dict(headers or {}))
            answer = connection.getresponse()
            content = answer.read()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """GET."""
        return self.request("GET", path, headers=headers)

    def delete(self, path: str) -> Reply:
        """DELETE."""
        return self.request("DELETE", path)

    def post(self, path: str, body: object = None, **headers: str) -> Reply:
        """POST of JSON."""
        return self._send("POST", path, body, headers)

    def patch(self, path: str, body: object) -> Reply:
        """PATCH of JSON."""
        return self._send("PATCH", path, body, {})

    def upload(
        self, path: str, content: bytes, *, name: str = "file", file_name: str = "a.bin", **fields: str
    ) -> Reply:
        """POST of a file and text fields as multipart/form-data."""
        body, kind = multipart({name: (file_name, content)}, fields)
        return self.request("POST", path, body, {"Content-Type": kind})

    def _send(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> Reply:
        content = None if body is None else json.dumps(body).encode()
        return self.request(method, path, content, {"Content-Type": "application/json", **headers})


def multipart(files: Mapping[str, tuple[str, bytes]], fields: Mapping[str, str]) -> tuple[bytes, str]:
    """A multipart body and its content type."""
    boundary = secrets.token_hex(12)
    parts = []
    for name, value in fields.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, (file_name, content) in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"

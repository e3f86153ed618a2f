"""Names of computers in headers and options."""

import pytest

from app.server.hosts import host_of, in_url, is_loopback, is_wildcard, origin_host, origin_of

ANY = "0.0.0.0"  # noqa: S104  a text to look at


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost", "localhost"),
        ("Studio.Example.:8000", "studio.example"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("[::1]", "::1"),
        ("::1", ""),
        ("[::1", ""),
        ("[evil.example]", ""),
        ("a:b", ""),
        ("a:99999999", ""),
        ("a/b", ""),
        ("a b", ""),
        ("", ""),
    ],
)
def test_that_a_host_is_read_from_its_header(header: str, host: str) -> None:
    assert host_of(header) == host


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("x.localhost", True),
        ("127.0.0.1", True),
        ("127.255.0.9", True),
        ("[::1]", True),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        (ANY, False),
        ("", False),
        ("10.0.0.1", False),
    ],
)
def test_that_this_computer_is_told_from_others(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Studio.Example/", "https://studio.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("null", ""),
        ("file:///etc", ""),
        ("https://a.example/path", ""),
        ("https://user@a.example", ""),
        ("https://a.example?x", ""),
        ("http://[::1", ""),
    ],
)
def test_that_an_origin_is_read(text: str, origin: str) -> None:
    assert origin_of(text) == origin
    assert origin_host(text) == host_of(origin.partition("://")[2])


def test_that_wildcards_and_brackets_are_known() -> None:
    assert all(is_wildcard(host) for host in (ANY, "::", "[::]"))
    assert not any(is_wildcard(host) for host in ("127.0.0.1", "studio", ""))
    assert (in_url("::1"), in_url("127.0.0.1")) == ("[::1]", "127.0.0.1")

"""Names and addresses of computers, as they stand in ``--host``, ``Host`` and ``Origin``."""

import ipaddress
import re
from urllib.parse import urlsplit

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.?")
_LOOPBACK_NAME = "localhost"


def host_of(header: str) -> str:
    """The host in a ``Host`` header, in lower case without port and brackets; empty when it is none."""
    text = header.strip().lower()
    if text.startswith("["):
        address, closed, port = text[1:].partition("]")
        return address if closed and _is_port(port) and _address(address) is not None else ""
    name, colon, port = text.partition(":")
    if not _is_port(colon + port):
        return ""
    return name.rstrip(".") if _NAME.fullmatch(name) else ""


def origin_of(text: str) -> str:
    """An origin as browsers write it, ``https://studio.example:8443``; empty for ``null`` and for what is none."""
    try:
        parts = urlsplit(text.strip().lower().rstrip("/"))
    except ValueError:
        return ""
    plain = parts.scheme in {"http", "https"} and not (parts.path or parts.query or parts.fragment)
    return f"{parts.scheme}://{parts.netloc}" if plain and host_of(parts.netloc) else ""


def origin_host(origin: str) -> str:
    """The host of an ``Origin`` header; empty for ``null`` and for what is no origin."""
    return host_of(origin_of(origin).partition("://")[2])


def is_loopback(host: str) -> bool:
    """Whether only this computer is meant: localhost, 127.0.0.0/8, ::1."""
    text = host.strip().lower().strip("[]").rstrip(".")
    address = _address(text)
    if address is not None:
        return address.is_loopback
    return text == _LOOPBACK_NAME or text.endswith(f".{_LOOPBACK_NAME}")


def is_wildcard(host: str) -> bool:
    """Whether a listener at this address takes connections from every network."""
    address = _address(host.strip("[]"))
    return address is not None and address.is_unspecified


def in_url(host: str) -> str:
    """A host as it is written in a URL, where IPv6 addresses have brackets."""
    return f"[{host}]" if ":" in host else host


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_port(text: str) -> bool:
    return not text or (text[0] == ":" and text[1:].isdecimal() and text.isascii() and len(text) <= 6)

"""Addresses of remote engines: over TLS, unless they are on this computer."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from core.errors import InvalidRequest

_PLAIN_URL = re.compile(r"[!-~]{1,2000}")
_ACTION = "Give an address such as https://render.example.org/api."


def checked_url(url: str) -> SplitResult:
    """The parts of an address, without a slash at its end. Raises InvalidRequest for one that cannot be used."""
    text = url.strip().rstrip("/")
    if not _PLAIN_URL.fullmatch(text):
        raise InvalidRequest(
            "The address of the remote engine holds spaces or other letters, or is too long.", action=_ACTION
        )
    try:
        parts = urlsplit(text)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port  # raises when it is no number
    except ValueError:
        named = False
    if not named:
        raise InvalidRequest(f"“{text[:100]}” is no http or https address.", action=_ACTION)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise InvalidRequest(
            "The address of the remote engine may hold no user name, password, query or fragment.",
            action="Enter the key in its own field.",
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise InvalidRequest(
            f"The remote engine at {parts.hostname} would be asked without encryption.",
            action="Use its https address: pictures, texts and the key would be readable on the way.",
        )
    return parts


def is_loopback(host: str) -> bool:
    """Whether only this computer is meant."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"

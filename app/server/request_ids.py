"""The id of a request, which every error names."""

import secrets

from starlette.requests import HTTPConnection


def request_id_of(request: HTTPConnection) -> str:
    """The id that the answer's header carries too; made here when nothing in front of this application did."""
    known = getattr(request.state, "request_id", None)
    if known is None:
        known = request.state.request_id = f"req-{secrets.token_hex(6)}"
    return str(known)

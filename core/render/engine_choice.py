"""Which engine draws, and which one steps in for it: what the policy says, as far as the person allows it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.render.engines.engine import NoRemoteEngine
from core.render.types import EnginePolicy

if TYPE_CHECKING:
    from core.render.engines.engine import RenderEngine

NOT_CONFIGURED = "no remote engine is configured"
NOT_ALLOWED = "nobody allowed that pictures and texts leave this computer"


@dataclass(frozen=True, slots=True)
class EngineOrder:
    """``remote`` None = it is not asked at all. ``local``: this machine may draw.

    ``fallback_reason``: why this machine has to draw although the policy names the remote engine first; "" else.
    """

    remote: "RenderEngine | None"
    local: bool
    remote_first: bool
    fallback_reason: str = ""

    @property
    def has_second(self) -> bool:
        """Whether another engine steps in for the first one."""
        return self.local and self.remote is not None


def engine_order(policy: EnginePolicy, remote: "RenderEngine | None", *, allowed: bool) -> EngineOrder:
    """``allowed``: the person lets pictures and texts leave the machine. Raises NoRemoteEngine for api_only without."""
    usable = remote if remote is not None and remote.configured() and allowed else None
    match policy:
        case EnginePolicy.LOCAL_ONLY:
            return EngineOrder(None, local=True, remote_first=False)
        case EnginePolicy.LOCAL_PREFERRED:
            return EngineOrder(usable, local=True, remote_first=False)
        case EnginePolicy.API_PREFERRED if usable is not None:
            return EngineOrder(usable, local=True, remote_first=True)
        case EnginePolicy.API_PREFERRED:
            reason = f"The remote engine was not asked: {_why_not(remote)}."
            return EngineOrder(None, local=True, remote_first=False, fallback_reason=reason)
        case EnginePolicy.API_ONLY:
            if usable is None:
                raise NoRemoteEngine(
                    f"The policy api_only asks for the remote engine, and {_why_not(remote)}.",
                    action="Configure and allow a remote engine, or choose another policy.",
                )
            return EngineOrder(usable, local=False, remote_first=True)


def _why_not(remote: "RenderEngine | None") -> str:
    return NOT_CONFIGURED if remote is None or not remote.configured() else NOT_ALLOWED

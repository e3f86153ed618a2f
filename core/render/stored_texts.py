"""Requests and plans in their rows: files of the library are named relative to it, for its folder may be moved."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.render.plan_json import plan_from_json, plan_to_json, request_from_json, request_to_json
from core.render.types import RenderPlan, RenderRequest

Rename = Callable[[str], str]


def request_text(root: Path, request: RenderRequest) -> str:
    """A request for a row of the library at ``root``."""
    return request_to_json(_renamed_request(request, partial(_stored, root)))


def request_of(root: Path, text: str) -> RenderRequest:
    """What :func:`request_text` wrote, with absolute paths. Raises InvalidRequest for text that is no request."""
    return _renamed_request(request_from_json(text), partial(_found, root))


def plan_text(root: Path, plan: RenderPlan) -> str:
    """A plan for a row of the library at ``root``."""
    return plan_to_json(_renamed_plan(plan, partial(_stored, root)))


def plan_of(root: Path, text: str) -> RenderPlan:
    """What :func:`plan_text` wrote, with absolute paths. Raises InvalidRequest for text that is no plan."""
    return _renamed_plan(plan_from_json(text), partial(_found, root))


def _renamed_request(request: RenderRequest, rename: Rename) -> RenderRequest:
    return replace(
        request,
        images=tuple(rename(path) for path in request.images),
        mask=_renamed(request.mask, rename),
        music=_renamed(request.music, rename),
        voice=_renamed(request.voice, rename),
    )


def _renamed_plan(plan: RenderPlan, rename: Rename) -> RenderPlan:
    stills = tuple(replace(one, path=rename(one.path), mask=_renamed(one.mask, rename)) for one in plan.stills)
    sound = replace(plan.sound, music=_renamed(plan.sound.music, rename), voice=_renamed(plan.sound.voice, rename))
    return replace(plan, stills=stills, sound=sound)


def _renamed(path: str | None, rename: Rename) -> str | None:
    return None if path is None else rename(path)


def _stored(root: Path, path: str) -> str:
    for folder in (root, root.resolve()):  # paths from outside have their links followed
        if Path(path).is_relative_to(folder):
            return Path(path).relative_to(folder).as_posix()
    return path


def _found(root: Path, path: str) -> str:
    return str(root / path)  # an absolute path stays as it is

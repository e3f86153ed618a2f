"""Stills of an episode, kept in the library as uploads are: a render that waits finds them whenever it begins."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import NotFound
from core.render.from_episode.stills import stills_of_episode
from core.render.from_episode.types import KeptStill
from core.render.records import AssetCategory

if TYPE_CHECKING:
    from core.library.library import Library


def kept_stills(
    library: "Library",
    ep_id: str,
    *,
    identity_ids: Sequence[str] = (),
    count: int,
    start_s: float | None = None,
    end_s: float | None = None,
    actor: str,
    check: Callable[[], None] = lambda: None,
) -> tuple[KeptStill, ...]:
    """See :func:`core.render.from_episode.stills.stills_of_episode`; when it raises, nothing is kept."""
    kept: list[KeptStill] = []
    with tempfile.TemporaryDirectory(prefix="rushes-stills-") as folder:
        found = stills_of_episode(
            library,
            ep_id,
            identity_ids=identity_ids,
            count=count,
            start_s=start_s,
            end_s=end_s,
            target_folder=Path(folder),
            check=check,
        )
        try:
            for one in found:
                check()
                path = Path(one.path)
                asset = library.renders.add_asset(path, path.name, AssetCategory.IMAGE, actor=actor)
                kept.append(KeptStill(asset.key, asset.path, one.focus))
        except BaseException:
            forget_stills(library, kept, actor=actor)
            raise
    return tuple(kept)


def forget_unused(library: "Library", stills: Sequence[KeptStill], *, actor: str) -> None:
    """Take away those that no render shows."""
    shown = {path for render in library.renders.list() for path in render.request.images}
    forget_stills(library, [one for one in stills if one.path not in shown], actor=actor)


def forget_stills(library: "Library", stills: Sequence[KeptStill], *, actor: str) -> None:
    """Take stills away; one that is gone already stays so."""
    for one in stills:
        try:
            library.renders.delete_asset(one.key, actor=actor)
        except NotFound:
            continue

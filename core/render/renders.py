"""Renders of a library: vertical cuts that were asked for, their files, and what was uploaded for them."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from core.jobs.events import EventBus, RenderChanged
from core.jobs.queue import JobQueue
from core.library.chores import Chores
from core.library.paths import LibraryPaths
from core.library.store import Store
from core.render import asset_rows, render_rows
from core.render.adding_assets import add_asset
from core.render.deleting import Deleting
from core.render.figures import Figures, FiguresState
from core.render.following import Following
from core.render.layout import inside, presets_folder
from core.render.records import Asset, AssetCategory, Render
from core.render.requesting import checked_request, retry, submit
from core.render.types import RENDER, Phase, RenderedSegment, RenderPlan, RenderRequest

if TYPE_CHECKING:
    from core.render.presets import PresetShelf

RenderList = list[Render]  # inside the class, ``list`` is its method


class Renders:
    """Every change is one transaction with its entry in the audit trail, then one RenderChanged.

    ``actor`` and ``requested_by`` say who: ``desktop``, ``command line``, ``key:<key_id>`` or ``token:<role>``. What
    fails has changed nothing. Any thread may call. ``figures`` is what jobs count into.
    """

    def __init__(self, store: Store, paths: LibraryPaths, events: EventBus, chores: Chores, jobs: JobQueue) -> None:
        self._store = store
        self._root = paths.root
        self._events = events
        self._jobs = jobs
        self._deleting = Deleting(store, paths.root, chores, jobs)
        self.figures = Figures()
        self._following = Following(store, paths.root, events, self.figures, self._deleting.forget_canceled)

    # ------------------------------------------------------------------ asking

    @property
    def presets_folder(self) -> Path:
        """Where a person's own presets lie; it need not be there."""
        return presets_folder(self._root)

    def presets(self) -> "PresetShelf":
        """All presets as they are in their files now, and which files are broken."""
        from core.render.presets import load_presets  # noqa: PLC0415  libraries without renders open without it

        return load_presets(self.presets_folder)

    def request(self, request: RenderRequest, *, requested_by: str, priority: int = 0) -> Render:
        """Have a cut rendered. Reads its files; takes a moment for many large pictures.

        Raises NotFound (preset), InvalidRequest, UnsupportedMedia, MediaMissing, each naming the input, and
        StorageFull; then there is no row.
        """
        checked = checked_request(self._root, request)
        return submit(self._jobs, self._root, checked, requested_by=requested_by, priority=priority)

    def cancel(self, job_id: str) -> Render:
        """Stop a render: a waiting one at once, a running one within three seconds; an ended one stays as it is.

        Nothing of its files stays. Raises NotFound.
        """
        render = self.get(job_id)
        if not render.phase.ended:
            self._jobs.cancel(job_id)
        return self.get(job_id)

    def retry(self, job_id: str, *, requested_by: str) -> Render:
        """Have a render that failed or was canceled tried again; segments that are done are not drawn again.

        Raises NotFound, InvalidRequest when it waits, runs or is done.
        """
        self.get(job_id)
        return retry(self._jobs, self._root, job_id, requested_by)

    def delete(self, job_id: str, *, actor: str) -> None:
        """Forget a render with its files, whatever it is doing: it is gone at once, and stops. Raises NotFound."""
        self._deleting.render(job_id, actor)
        self.tell(job_id, deleted=True)

    # ------------------------------------------------------------------ looking

    def get(self, job_id: str) -> Render:
        """One render. Raises NotFound."""
        return render_rows.read_render(self._store.read(), self._root, job_id)

    def list(self, *, limit: int = 100, offset: int = 0, phases: Collection[Phase] = ()) -> RenderList:
        """Renders, newest first; ``phases`` () = all of them."""
        return render_rows.read_renders(self._store.read(), self._root, limit=limit, offset=offset, phases=phases)

    def segments(self, job_id: str) -> tuple[RenderedSegment, ...]:
        """The segments of a render, in order. Raises NotFound."""
        connection = self._store.read()
        return render_rows.read_segments(
            connection, self._root, render_rows.read_render(connection, self._root, job_id)
        )

    def plan(self, job_id: str) -> RenderPlan | None:
        """What decides each pixel of a render. Raises NotFound."""
        from core.render.stored_texts import plan_of  # noqa: PLC0415  libraries without renders open without it

        text = render_rows.read_texts(self._store.read(), job_id)[2]
        return plan_of(self._root, text) if text else None

    def queue_depth(self) -> int:
        """How many renders wait."""
        row = self._store.read().execute("SELECT count(*) FROM jobs WHERE type = ? AND state = 'queued'", (RENDER,))
        return int(row.fetchone()[0])

    def read_figures(self) -> FiguresState:
        """What was counted since this library was opened, and what waits now."""
        return self.figures.read(self.queue_depth())

    # ------------------------------------------------------------------ files

    def add_asset(
        self,
        source: BinaryIO | Path,
        file_name: str,
        category: AssetCategory | str = AssetCategory.IMAGE,
        *,
        actor: str,
    ) -> Asset:
        """Copy a picture, mask or sound into the library; ``file_name`` is what its sender calls it.

        Raises InvalidRequest (category, size, limits), UnsupportedMedia, MediaMissing, StorageFull, StorageUnwritable;
        then there is no row and no file.
        """
        return self.asset(add_asset(self._store, self._root, source, file_name, category, actor))

    def asset(self, key: str) -> Asset:
        """One uploaded file. Raises NotFound."""
        return asset_rows.read_asset(self._store.read(), self._root, key)

    def delete_asset(self, key: str, *, actor: str) -> None:
        """Forget an uploaded file; renders that wait for it will miss it. Raises NotFound."""
        self._deleting.asset(key, actor)

    def inside(self, uri_or_path: str | Path) -> Path:
        """The file of this library that a ``file://`` URI, an absolute path or a key names.

        It must lie in the library's uploads, renders or episodes, links followed. Raises InvalidRequest.
        """
        return inside(self._root, str(uri_or_path))

    # ------------------------------------------------------------------ opening, telling

    def remove_leftovers(self) -> None:
        """At opening: remove what a dying process left. Nothing may be at work."""
        self._deleting.remove_leftovers()

    def tell(self, job_id: str, *, deleted: bool = False) -> None:
        """Say that a render changed."""
        self._events.publish(RenderChanged(job_id, deleted))

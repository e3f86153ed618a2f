"""Keeps the page true: presets, renders and how far they are; what the person asked for is shown when it is done."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.desktop.render_page.draft import request_of
from app.desktop.render_page.result_facts import facts_words, read_facts
from app.desktop.render_page.shelf import Shelf, ShelfReader
from app.desktop.render_page.words import made_words
from core.jobs.events import RenderChanged
from core.render.records import Render
from core.render.types import Phase, RenderRequest
from widgets.render import RenderProgress, row_of

if TYPE_CHECKING:
    from app.desktop.render_page.page import RenderPage


class RenderFollow(QObject):
    """``watched``: the render whose segments are shown, "" = none."""

    def __init__(self, page: "RenderPage") -> None:
        super().__init__(page)
        self._page = page
        self.reader = ShelfReader(page.services, self)
        self.watched = ""
        self._watched_request: RenderRequest | None = None
        self._mine: dict[str, RenderRequest] = {}
        """Renders that were asked for here and have not ended, each with the draft's request."""
        self._requests: dict[str, RenderRequest] = {}
        """The same of all: the library keeps a request in its own form."""
        self._rows_of: object = None
        self.reader.read.connect(self._on_shelf)
        self.reader.failed.connect(page.show_failure)
        page.commands.doing.asked.connect(self._on_asked)
        page.commands.doing.changed.connect(self._on_changed)
        page.services.bridge.render_changed.connect(self._on_event)
        page.services.jobs.changed.connect(lambda _jobs: self._on_jobs())
        strip, renders = page.body.texts.strip, page.body.texts.renders
        strip.cancel_requested.connect(lambda: page.commands.doing.cancel(self.watched))
        strip.retry_requested.connect(lambda: page.commands.doing.retry(self.watched))
        strip.segment_activated.connect(self._go_to_segment)
        renders.open_requested.connect(page.commands.open)
        renders.cancel_requested.connect(page.commands.doing.cancel)
        renders.retry_requested.connect(page.commands.doing.retry)
        renders.delete_requested.connect(page.commands.delete)
        renders.reveal_requested.connect(page.commands.reveal)
        renders.use_again_requested.connect(page.commands.use_again)
        renders.current_changed.connect(lambda _job_id: page.services.actions.refresh())

    def stop(self) -> None:
        """Read nothing any more."""
        self.reader.stop()

    def watch(self, job_id: str) -> None:
        """Show the segments of this render."""
        self.watched = job_id
        self.reader.wanted = frozenset({job_id}) if job_id else frozenset()
        self.show_progress()
        if job_id:
            self.reader.read_soon()

    def draft_changed(self) -> None:
        """What came of an earlier draft is in the list; the segments make room."""
        render = self._page.shelf.render(self.watched)
        if render is not None and render.phase.ended and self._watched_request != request_of(self._page.desk.draft):
            self.watch("")

    def is_at_work(self, request: RenderRequest) -> bool:
        """Whether a render of exactly this was asked for here and has not ended."""
        return request in self._mine.values()

    # ------------------------------------------------------------------ what happens

    def _on_event(self, event: RenderChanged) -> None:
        if self._page.isVisible() or event.job_id in self._mine:
            self.reader.read_soon()
        else:
            self._page.is_old = True

    def _on_changed(self) -> None:
        self._page.show_readiness()
        self.reader.read_soon()

    def _on_asked(self, render: Render, request: RenderRequest) -> None:
        request = self._requests.setdefault(render.job_id, request)
        self._mine[render.job_id] = self._watched_request = request
        self.reader.forget()  # what is being read may tell of its earlier end
        self.watch(render.job_id)

    def _go_to_segment(self, index: int) -> None:
        """Show where a segment begins."""
        plan = self._page.preview.plan
        if plan is not None and index < len(plan.segments):
            self._page.body.show_preview()
            self._page.preview.clock.go(plan.segments[index].start_frame)

    def _on_jobs(self) -> None:
        """Rates and estimates are the jobs' own."""
        if self._page.isVisible() and self._page.shelf.at_work():
            self.show_renders()
            self.show_progress()

    def _on_shelf(self, shelf: Shelf) -> None:
        page = self._page
        page.take_shelf(shelf)
        self.show_renders()
        self.show_progress()
        for job_id, request in list(self._mine.items()):
            now = shelf.render(job_id)
            if now is None or now.phase.ended:
                del self._mine[job_id]
            if now is not None and now.phase is Phase.DONE:
                self._on_done(now, request)
        page.show_readiness()
        if page.result is not None and shelf.render(page.result.job_id) is None:
            page.forget_result()

    def _on_done(self, render: Render, request: RenderRequest) -> None:
        """Whoever still looks at the same draft sees the result; everybody else is told."""
        page = self._page
        same = request == request_of(page.desk.draft)
        if page.isVisible() and same and not page.preview.clock.playing:
            page.show_result(render)
        else:
            page.commands.tell_done(render)

    # ------------------------------------------------------------------ showing

    def show_renders(self) -> None:
        """The list of renders."""
        page = self._page
        etas = self._etas()
        rows = []
        for render in page.shelf.renders:
            preset = page.shelf.preset(render.preset_id)
            name = preset.name if preset is not None else render.preset_id
            picture = Path(render.thumbnail) if render.thumbnail else None
            rows.append(row_of(render, name, picture, etas.get(render.job_id)))
        if rows != self._rows_of:
            self._rows_of = rows
            page.body.texts.renders.set_rows(rows)
            page.body.texts.show_count(len(rows))

    def show_progress(self) -> None:
        """The segments of the watched render."""
        page, strip = self._page, self._page.body.texts.strip
        render = page.shelf.render(self.watched)
        strip.setVisible(render is not None)
        if render is None:
            strip.set_progress(None)
            return
        strip.set_cancelable(not render.phase.ended)
        strip.set_progress(
            RenderProgress(
                phase=render.phase,
                progress_pct=render.progress_pct,
                segments=page.shelf.segments.get(render.job_id, ()),
                eta_s=self._etas().get(render.job_id),
                fallback_reason=render.fallback_reason if render.fallback_used else "",
                error=render.error,
                error_action=render.error_action,
                canceled=render.failure == "canceled",
                took_s=render.took_s,
            )
        )

    def show_facts(self, render: Render) -> None:
        """What was read back from a finished file."""
        page, path = self._page, render.metadata

        def show(metadata: Mapping[str, Any]) -> None:
            if page.result is not None and page.result.job_id == render.job_id:
                page.body.preview.show_result_facts(facts_words(metadata, made_words(render)))

        page.services.background.run_query(lambda: read_facts(path), show, latest_key="render-facts", owner=self)

    def _etas(self) -> dict[str, float | None]:
        return {job.job_id: job.eta_s for job in self._page.services.jobs.running()}

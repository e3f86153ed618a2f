"""What happens to jobs of renders, whoever asked for it: told as RenderChanged, counted once, cleaned up after."""

import threading
from collections.abc import Callable
from pathlib import Path

from core.errors import NotFound
from core.jobs.events import Event, EventBus, JobChanged, RenderChanged
from core.jobs.types import JobState
from core.library.store import Store
from core.render.figures import Figures
from core.render.render_rows import CANCELED, read_render
from core.render.types import RENDER


class Following:
    """Subscribes for as long as its library lives."""

    def __init__(
        self, store: Store, root: Path, events: EventBus, figures: Figures, clean_up: Callable[[str], None]
    ) -> None:
        """``clean_up`` is called with the id of a render that was canceled."""
        self._store = store
        self._root = root
        self._events = events
        self._figures = figures
        self._clean_up = clean_up
        self._lock = threading.Lock()
        self._open: dict[str, tuple[JobState, str, str]] = {}
        rows = store.read().execute(
            "SELECT r.job_id, j.state, r.archetype, r.preset_id FROM renders AS r JOIN jobs AS j "
            "ON j.job_id = r.job_id WHERE j.state IN ('queued', 'running')"
        )
        for row in rows:
            self._open[row["job_id"]] = (JobState(row["state"]), row["archetype"], row["preset_id"])
        events.subscribe(self._receive)

    def _receive(self, event: Event) -> None:
        if not isinstance(event, JobChanged) or event.type != RENDER:
            return
        state = JobState(event.state)
        with self._lock:
            before = self._open.get(event.job_id)
        if before is not None and before[0] is state:
            return  # progress, of which the render tells itself
        if before is None and state.ended:
            return  # an old one, taken off the list
        known = self._ended(event.job_id, state) if state.ended else self._goes_on(event.job_id, state)
        if known:
            self._events.publish(RenderChanged(event.job_id))

    def _goes_on(self, job_id: str, state: JobState) -> bool:
        """Whether there is such a render. Threads may tell of a beginning after others told of the end."""
        with self._lock:
            try:
                render = read_render(self._store.read(), self._root, job_id)
            except NotFound:
                return False
            if render.phase.ended and state is JobState.QUEUED:
                return True
            new = job_id not in self._open
            self._open[job_id] = (state, render.archetype.value, render.preset_id)
        if new:
            self._figures.asked(render.archetype.value, render.preset_id)
        return True

    def _ended(self, job_id: str, state: JobState) -> bool:
        """Whether there is such a render still. A second thread that tells of the end waits until all is done."""
        with self._lock:
            known = self._open.pop(job_id, None)
            return True if known is None else self._close(job_id, state, known[1])

    def _close(self, job_id: str, state: JobState, archetype: str) -> bool:
        try:
            render = read_render(self._store.read(), self._root, job_id)
        except NotFound:
            self._figures.failed(archetype, CANCELED, None)  # deleted while it waited or was drawn
            return False
        if state is JobState.SUCCEEDED:
            self._figures.succeeded(archetype, render.took_s)
        else:
            self._figures.failed(archetype, render.failure or CANCELED, render.took_s)
        if state is JobState.CANCELED:
            self._clean_up(job_id)
        return True

"""One open library in the window: its threads, its pages, and the order in which they end."""

import logging
from collections.abc import Callable
from contextlib import ExitStack

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.desktop.actions import ActionTable
from app.desktop.analysing import Analysing
from app.desktop.background import Background
from app.desktop.bazarr_serving import BazarrServing
from app.desktop.bridge import EventBridge
from app.desktop.job_watch import JobWatch
from app.desktop.model_fetch import ModelFetch
from app.desktop.navigator import Navigator
from app.desktop.notices import Notices
from app.desktop.opening import OpenedLibrary
from app.desktop.page import Page, PageSpec
from app.desktop.relinking import Relinking
from app.desktop.runner_thread import RunnerThread
from app.desktop.services import Services
from app.desktop.serving import Serving
from app.desktop.settings import AppSettings
from app.desktop.undo_steps import UndoSteps

log = logging.getLogger(__name__)


class Session(QObject):
    """Builds services and pages for a library; ``detach`` and ``finish`` end them."""

    def __init__(
        self,
        opened: OpenedLibrary,
        *,
        actions: ActionTable,
        notices: Notices,
        navigator: Navigator,
        settings: AppSettings,
        dialog_parent: QWidget,
    ) -> None:
        super().__init__(dialog_parent)
        self._opened = opened
        self._actions = actions
        self._actions_before = {record.id for record in actions.records}
        self.background = Background(notices.error, self)
        self.bridge = EventBridge(opened.library.events, self)
        self.runner = RunnerThread(opened.runner)
        self.runner.broke.connect(notices.error)
        self.jobs = JobWatch(opened.library, self.background, self.bridge, self)
        self.fetch = ModelFetch(opened.model_store, self.background, self.bridge, self)
        library, store = opened.library, opened.model_store
        self.serving = Serving(
            library, store, self.background, settings, self, automation=opened.automation, nightly=opened.nightly
        )
        self.bazarr = BazarrServing(library, store, self.background, settings, self, automation=opened.automation)
        self.services = Services(
            library=opened.library,
            model_store=opened.model_store,
            pool=opened.pool,
            automation=opened.automation,
            nightly=opened.nightly,
            runner=self.runner,
            jobs=self.jobs,
            fetch=self.fetch,
            serving=self.serving,
            bazarr=self.bazarr,
            bridge=self.bridge,
            background=self.background,
            actions=actions,
            notices=notices,
            navigator=navigator,
            settings=settings,
        )
        self.analysing = Analysing(self.services, dialog_parent, self)
        self.relinking = Relinking(self.services, dialog_parent, self)
        self.undo = UndoSteps(self.services, self)
        actions.add(*self.undo.records())
        self.pages: dict[str, QWidget] = {}
        self._ended = False

    def start(self, specs: tuple[PageSpec, ...]) -> None:
        """Make the pages and begin to run jobs. When it raises, ``detach`` and ``finish`` are still due."""
        for spec in specs:
            page = self.pages[spec.id] = spec.make(self.services)
            if isinstance(page, Page) and (source := page.undo_source()) is not None:
                self.undo.serve_page(spec.id, source)
        self.runner.start()
        self.jobs.refresh()
        self.background.run_edit(self._opened.automation.start, owner=self, lane="automation")
        self.background.run_edit(self._opened.nightly.start, owner=self, lane="automation")
        self.serving.start_if_wanted()
        self.bazarr.start_if_wanted()

    def detach(self) -> None:
        """First half of the end, in the Qt thread: nothing new begins, pages stop what they own."""
        if self._ended:
            return
        self._ended = True
        for page_id, page in self.pages.items():
            _quietly(f"page {page_id}", getattr(page, "close_page", lambda: None))
        self.analysing.close()
        self.fetch.cancel()
        self.background.stopping.set()
        self.bridge.close()
        self._actions.remove([record.id for record in self._actions.records if record.id not in self._actions_before])

    def finish(self) -> None:
        """Second half, in any thread; may take seconds: the running job goes back to the queue, the library closes."""
        with ExitStack() as ends:
            ends.callback(self._opened.close)
            ends.callback(self.background.stop)
            ends.callback(self.runner.stop_and_wait)
            ends.callback(self._opened.automation.stop)
            ends.callback(self._opened.nightly.stop)
            ends.callback(self.serving.shut_down)
            self.bazarr.shut_down()


def _quietly(what: str, call: Callable[[], object]) -> None:
    """One page that fails to end must not keep the library locked."""
    try:
        call()
    except Exception:
        log.exception("%s did not close cleanly", what)

"""Everything a page needs, in one record. It lives as long as one library is open."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.desktop.actions import ActionTable
from app.desktop.background import Background
from app.desktop.bridge import EventBridge
from app.desktop.navigator import Navigator
from app.desktop.notices import Notices
from app.desktop.settings import AppSettings

if TYPE_CHECKING:
    from app.desktop.bazarr_serving import BazarrServing
    from app.desktop.job_watch import JobWatch
    from app.desktop.model_fetch import ModelFetch
    from app.desktop.runner_thread import RunnerThread
    from app.desktop.serving import Serving
    from core.jobs.executors import UnitPool
    from core.library.library import Library
    from core.procedures.nightly import Nightly
    from core.subtitling.automation import Automation
    from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class Services:
    """What the window hands to each page.

    - ``library``, ``model_store``, ``pool``: core's objects. Call them through ``background``, never in the Qt thread.
    - ``background``: ``run_edit(fn, done)`` and ``run_query(fn, done, latest_key=...)``.
    - ``bridge``: core's events as Qt signals. ``jobs``: the present list of jobs, kept fresh.
    - ``automation``: workers, rules, scans and schedule of the library; through ``background`` too.
    - ``nightly``: the training of procedures by night; through ``background`` too.
    - ``fetch``: downloads of models. ``serving``: the HTTP server of this library, ``bazarr`` its port for Bazarr.
    - ``actions``: the one action table; a page adds its own records. ``notices``: messages to the person.
    - ``navigator``: asks the window for another page or episode.
    """

    library: "Library"
    model_store: "ModelStore"
    pool: "UnitPool"
    automation: "Automation"
    nightly: "Nightly"
    runner: "RunnerThread"
    jobs: "JobWatch"
    fetch: "ModelFetch"
    serving: "Serving"
    bazarr: "BazarrServing"
    bridge: EventBridge
    background: Background
    actions: ActionTable
    notices: Notices
    navigator: Navigator
    settings: AppSettings

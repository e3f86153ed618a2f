"""The pictures of the Identities and Cast pages: names, suggestions, screen time, history, a cast with photos."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.desktop.screenshots import Camera
    from app.desktop.stage import Stage
    from core.library.library import Library

NAMES = ("Lisa", "Ann", "Bo")
READ_S = 2.0
"""The longest that suggestions, screen time or a photo take on a cold start."""


def identities_states(stage: "Stage", camera: "Camera", film: str) -> None:
    """The board with some names, then each tab of the right side, then an episode that is gone."""
    window = stage.window
    page = _page(stage, "identities")
    window.open_episode(film)
    window.go("identities")
    stage.wait_until(page.doing.has_people, "the board")
    _give_names(_library(stage), film)
    stage.settle(READ_S)
    page.focus_board()
    page.show_section("crops")
    page.focus_board()
    camera.take("identities-full", settle_s=0.8)
    for name in ("suggestions", "singletons", "time", "history"):
        page.show_section(name)
        stage.settle(READ_S)
        camera.take(f"identities-{name}", settle_s=0.5)
    page.show_section("crops")
    page.open_episode("an episode that was deleted")
    stage.settle(1.0)
    camera.take("identities-error")
    page.open_episode(film)
    stage.wait_until(page.doing.has_people, "the board again")


def cast_states(stage: "Stage", camera: "Camera", film: str) -> None:
    """Members with photos, the season, the matches, and a library that cannot be read."""
    from core.errors import StorageUnwritable

    page = _page(stage, "cast")
    _make_cast(stage, film)
    stage.window.go("cast")
    stage.wait_until(lambda: page.view is not None and len(page.view.members) == len(NAMES), "the cast")
    stage.settle(READ_S)
    page.show_section("photos")
    camera.take("cast-full", settle_s=0.8)
    for name in ("season", "matches"):
        page.show_section(name)
        camera.take(f"cast-{name}", settle_s=0.8)
    page.head.show_busy(page.tr("Photo {at} of {count}").format(at=2, count=5), 0.2)
    camera.take("cast-busy")
    page.head.show_busy("", None)
    folder = _library(stage).path
    page.show_failure(
        StorageUnwritable(f"The library {folder} cannot be read.", action="Check that the disk is there.")
    )
    camera.take("cast-error")
    page.reload()


def new_analysis_states(stage: "Stage", camera: "Camera", film: str, wait_s: float) -> None:
    """A more exact analysis of the same film: while it runs, and what it kept of the names."""
    window = stage.window
    session = window.session
    if session is None:
        return
    page = _page(stage, "identities")
    window.open_episode(film)
    window.go("identities")
    stage.wait_until(page.doing.has_people, "the board")
    window.navigator.start_analysis((film,), {"profile": "high_accuracy"})
    stage.wait_until(lambda: bool(session.jobs.of_episode(film)), "the new analysis to begin")
    camera.take("identities-busy", settle_s=0.1)
    stage.wait_until(lambda: not session.jobs.of_episode(film), "the new analysis to end", wait_s)
    stage.settle(READ_S)
    if page.carry_bar.isVisible():
        page.carry_bar.look_requested.emit()
        camera.take("identities-carried", settle_s=0.5)


def _give_names(library: "Library", film: str) -> None:
    from core.review.read import load_review

    identities = load_review(library, film).identities
    for identity, name in zip(identities, NAMES, strict=False):
        if not identity.name:
            library.moderation.rename(film, identity.identity_id, name)
    library.moderation.set_locked(film, [identities[0].identity_id], True)


def _make_cast(stage: "Stage", film: str) -> None:
    """The first people as members, the first of them with a photo out of the film."""
    from core.review.read import load_review

    library = _library(stage)
    services = stage.window.session.services if stage.window.session is not None else None
    if services is None:
        return
    identities = load_review(library, film).identities
    for number, (identity, name) in enumerate(zip(identities, NAMES, strict=False)):
        member = library.cast.add(name)
        if number < len(NAMES) - 1:
            best = identity.track_ids[0]
            library.cast.seed_from_track(library, film, best, member.cast_id, services.model_store)


def _page(stage: "Stage", page_id: str) -> Any:
    return stage.window.session.pages[page_id] if stage.window.session is not None else None


def _library(stage: "Stage") -> "Library":
    session = stage.window.session
    if session is None:
        raise RuntimeError("no library is open")
    return session.services.library

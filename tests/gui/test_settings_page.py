"""Settings: models, devices, storage, appearance, shortcuts, and what is remembered."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.desktop.settings import AppSettings
from app.desktop.settings_page.page import SettingsPage
from app.desktop.settings_page.storage import measure
from app.desktop.window import MainWindow
from models.catalogue import PURPOSES
from widgets.theme import current_theme

pytestmark = pytest.mark.pages("library", "settings")


@pytest.fixture
def page(window: MainWindow) -> SettingsPage:
    window.go("settings")
    found = window.session.pages["settings"]
    assert isinstance(found, SettingsPage)
    return found


@pytest.mark.gui
def test_that_every_model_of_the_catalogue_has_a_card_with_licence_and_size(
    window: MainWindow, page: SettingsPage, qtbot: QtBot
) -> None:
    models = page.sections["models"]
    catalogue = window.session.services.model_store.catalogue.models
    qtbot.waitUntil(lambda: set(models.cards) == set(catalogue))
    for model_id, card in models.cards.items():
        assert catalogue[model_id].licence in card._licence.text()
        assert catalogue[model_id].consequence in card._licence.text()
        assert "B" in card._size.text() or "not published" in card._size.text()


@pytest.mark.gui
def test_that_every_purpose_of_a_model_has_a_heading_in_words(page: SettingsPage, qtbot: QtBot) -> None:
    models = page.sections["models"]
    qtbot.waitUntil(lambda: bool(models.cards))
    headings = [one.text() for one in models._headings]
    assert len(set(headings)) == len(headings) == len(PURPOSES)
    for purpose in PURPOSES:
        assert models._purpose_title(purpose) in headings
        assert models._purpose_title(purpose).lower() != purpose.replace("_", " ")


@pytest.mark.gui
def test_that_a_missing_model_can_be_fetched_but_not_removed(page: SettingsPage, qtbot: QtBot) -> None:
    models = page.sections["models"]
    qtbot.waitUntil(lambda: bool(models.cards))
    card = models.cards["blazeface-full-range"]
    assert not card.fetch.isHidden()
    assert card.remove.isHidden()
    assert card.verify.isHidden()


@pytest.mark.gui
def test_that_an_unusable_folder_is_answered_with_a_reason(
    window: MainWindow, page: SettingsPage, tmp_path: Path, qtbot: QtBot
) -> None:
    models = page.sections["models"]
    qtbot.waitUntil(lambda: bool(models.cards))
    store = window.session.services.model_store
    models._change(lambda: store.use_local_folder("blazeface-full-range", tmp_path))
    qtbot.waitUntil(lambda: bool(window.notices.kept))
    assert window.notices.kept[-1].level == "error"


@pytest.mark.gui
def test_that_devices_say_which_is_used_and_why(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_section("devices")
    devices = page.sections["devices"]
    qtbot.waitUntil(lambda: bool(devices._cards), timeout=20_000)
    from widgets.flow import Badge

    badges = [badge.text for card in devices._cards for badge in card.findChildren(Badge)]
    assert badges.count("In use") == 1


@pytest.mark.gui
def test_that_storage_shows_the_library_and_its_sizes(window: MainWindow, page: SettingsPage, qtbot: QtBot) -> None:
    page.show_section("storage")
    storage = page.sections["storage"]
    qtbot.waitUntil(lambda: storage._values["database"].text() not in {"…", "0 bytes"})
    assert storage._values["database"].text().split()[-1] in {"kB", "MB"}


@pytest.mark.gui
def test_that_the_theme_can_be_chosen(page: SettingsPage, settings: AppSettings) -> None:
    appearance = page.sections["appearance"]
    appearance.theme.setCurrentIndex(appearance.theme.findData("light"))
    assert (current_theme().name, settings.theme) == ("light", "light")
    appearance.theme.setCurrentIndex(appearance.theme.findData("dark"))
    assert current_theme().name == "dark"


@pytest.mark.gui
def test_that_a_section_can_be_named_as_a_place(window: MainWindow, page: SettingsPage) -> None:
    window.navigator.go("settings/shortcuts")
    assert page.section == "shortcuts"
    assert page.sections["shortcuts"]._cards


def test_that_sizes_count_a_file_with_two_names_once(tmp_path: Path) -> None:
    (tmp_path / "episodes").mkdir()
    (tmp_path / "episodes" / "a").write_bytes(b"x" * 1000)
    (tmp_path / "episodes" / "b").hardlink_to(tmp_path / "episodes" / "a")
    assert measure(tmp_path, tmp_path / "models").episodes == 1000


def test_that_settings_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "Ünïcödé 你好" / "rushes.ini"
    first = AppSettings(file)
    first.theme, first.scale = "light", 1.5
    first.remember_library(tmp_path / "a")
    first.remember_library(tmp_path / "b")
    first.set_place(tmp_path / "a", {"page": "jobs", "ep_id": "film"})
    first.set_analysis_choices({"profile": "low_power", "stride": 3})
    first.accept("default-models")
    first.sync()
    again = AppSettings(file)
    assert (again.theme, again.scale, again.last_library) == ("light", 1.5, tmp_path / "b")
    assert again.recent_libraries == (tmp_path / "b", tmp_path / "a")
    assert again.place(tmp_path / "a") == {"page": "jobs", "ep_id": "film"}
    assert again.analysis_choices() == {"profile": "low_power", "stride": 3}
    assert again.accepted("default-models")
    assert not again.accepted("other")


@pytest.mark.parametrize("text", ["", "0", "nonsense", "99", "-3"])
def test_that_a_senseless_scale_is_brought_into_bounds(tmp_path: Path, text: str) -> None:
    settings = AppSettings(tmp_path / "rushes.ini")
    settings._store.setValue("appearance/scale", text)
    assert 1.0 <= settings.scale <= 2.0


def test_that_damaged_settings_are_as_none(tmp_path: Path) -> None:
    (tmp_path / "rushes.ini").write_bytes(b"\x00\xff[[[not an ini")
    settings = AppSettings(tmp_path / "rushes.ini")
    assert (settings.theme, settings.last_library, settings.place(tmp_path)) == ("dark", None, {})

"""Writing settings away from the Qt thread, with the refusal shown where it was asked for."""

from collections.abc import Mapping

from PySide6.QtWidgets import QLabel

from app.desktop.automation_page.feed import AutomationFeed
from app.desktop.automation_page.words import error_words
from app.desktop.services import Services


class Saver:
    """Of one section; ``problem`` is the label that tells what was refused."""

    def __init__(self, services: Services, feed: AutomationFeed, problem: QLabel) -> None:
        self._services = services
        self._feed = feed
        self._problem = problem
        problem.hide()

    def save(self, values: Mapping[str, str]) -> None:
        """Write settings, all or none."""
        preferences = self._services.automation.preferences

        def work() -> None:
            preferences.set_many(dict(values))

        def end(_none: None) -> None:
            self._problem.hide()
            self._feed.refresh()

        def fail(error: Exception) -> None:
            self._problem.setText(error_words(error))
            self._problem.show()
            self._feed.refresh()

        self._services.background.run_edit(work, end, failed=fail, owner=self._problem, lane="automation-settings")

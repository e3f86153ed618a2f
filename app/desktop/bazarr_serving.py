"""The port for Bazarr of the open library in this process, apart from the server with all APIs."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.desktop.background import Background
from app.desktop.serving import LANE, MAIN_PORT, THIS_COMPUTER, Serving, ServingChoices, ServingState
from app.desktop.settings import AppSettings
from core.errors import NotFound

if TYPE_CHECKING:
    from app.server.running import ServerSet
    from core.library.library import Library
    from core.subtitling.automation import Automation
    from models.store import ModelStore

LISTENER = "bazarr"
BAZARR_PORT = 9000
ON_KEY, PORT_KEY, HOST_KEY = "bazarr_enabled", "bazarr_port", "bazarr_host"
HOST_WORDS = "The address of this computer at which the port for Bazarr is open"


class BazarrServing(Serving):
    """Its choices are settings of the library, because ``rushes serve`` opens the same port.

    Webhooks are delivered by the server with all APIs alone: two would send each twice.
    """

    def __init__(
        self,
        library: "Library",
        model_store: "ModelStore",
        background: Background,
        settings: AppSettings,
        parent: QObject | None = None,
        *,
        automation: "Automation | None" = None,
    ) -> None:
        super().__init__(library, model_store, background, settings, parent, automation=automation)
        self.choices = ServingChoices(port=BAZARR_PORT)

    def start_if_wanted(self) -> None:
        """Read the choice away from the Qt thread, then open the port if it was on the last time."""
        automation = self._automation
        if automation is None:
            return
        self._background.run_query(
            lambda: _choices_of({one.key: one.value or "" for one in automation.preferences.all()}),
            self._take_choices,
            owner=self,
        )

    def _take_choices(self, choices: ServingChoices) -> None:
        if self.state is not ServingState.OFF:
            return
        self.choices = choices
        if choices.on:
            self.turn_on(choices)
        else:
            self.changed.emit()

    def _servers_of(self, choices: ServingChoices) -> "ServerSet":
        from app.server.context import ServerContext, ServerSettings
        from app.server.running import ServerChoices, ServerSet

        class ProviderContext(ServerContext):
            def start(self) -> None:
                """No webhooks."""

            def close(self) -> None:
                self.event_stream.close()

        host = ServerSettings(host=choices.host)
        context = ProviderContext(self._library, self._model_store, host, automation=self._automation)
        return ServerSet(context, ServerChoices((LISTENER,), MAIN_PORT, {LISTENER: choices.port}))

    def _remember(self, choices: ServingChoices, *, on: bool) -> None:
        self.choices = dataclasses.replace(choices, on=on)
        automation = self._automation
        if automation is None:
            return
        values = {ON_KEY: "true" if on else "false", PORT_KEY: str(choices.port)}

        def work() -> None:
            automation.preferences.set_many(values)
            try:
                automation.preferences.set(HOST_KEY, choices.host)
            except NotFound:
                automation.preferences.create(
                    HOST_KEY, choices.host, description=HOST_WORDS, category="bazarr", value_type="string"
                )

        self._background.run_edit(work, owner=self, lane=LANE)


def _choices_of(values: Mapping[str, str]) -> ServingChoices:
    port = values.get(PORT_KEY, "")
    stored = {
        "on": values.get(ON_KEY, "").strip().lower() in {"true", "1", "yes", "on"},
        "host": values.get(HOST_KEY) or THIS_COMPUTER,
        "port": int(port) if port.isdigit() else BAZARR_PORT,
    }
    return ServingChoices.from_settings(stored)

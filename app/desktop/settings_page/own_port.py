"""A port that one API has beside the main one, for programs that look for it just there."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QSpinBox

from app.desktop.serving import OWN_PORTS, Serving, ServingState
from widgets.flow import label

MOST_PORT = 65535


class OwnPort(QObject):
    """A choice, its number, and a note that says where the API answers, or why it does not."""

    def __init__(self, name: str, title: str, serving: Serving) -> None:
        """``name`` of the API and of its listener; ``title`` for people."""
        super().__init__()
        self._name = name
        self.title = title
        self._serving = serving
        self.chosen = QCheckBox(self.tr("also at the root of port"))
        self.number = QSpinBox()
        self.number.setRange(1, MOST_PORT)
        self.number.setAccessibleName(self.tr("Port of {api}").format(api=title))
        self.number.setFixedWidth(110)
        self.note = label("", "small", wrap=True)

    @property
    def port(self) -> int | None:
        """As the fields stand; None = none."""
        return self.number.value() if self.chosen.isChecked() else None

    def show_port(self, port: int | None) -> None:
        """Show a choice."""
        self.chosen.setChecked(port is not None)
        self.number.setValue(port or OWN_PORTS[self._name])

    def show_state(self, *, may_change: bool) -> None:
        """Where the API is beside the main address; ``may_change``: it is chosen, and the server is off."""
        self.chosen.setEnabled(may_change)
        self.number.setEnabled(may_change and self.chosen.isChecked())
        text = self._words() if self._serving.state is ServingState.ON else ""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _words(self) -> str:
        address = self._serving.addresses.get(self._name, "")
        if not address:
            return self._serving.left_out.get(self._name, "")
        return self.tr("{api} also answers at {address}.").format(api=self.title, address=address)

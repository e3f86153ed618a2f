"""What Rushes remembers between starts: an INI file in the user's configuration folder."""

import json
from pathlib import Path
from typing import Any

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, QSettings

MOST_RECENT_LIBRARIES = 8


def settings_file() -> Path:
    """The INI file of this user; nothing is created."""
    return user_config_path("rushes", appauthor=False) / "rushes.ini"


class AppSettings:
    """Typed access to the settings. Keys are named in this class only."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or settings_file()
        self._store = QSettings(str(self._file), QSettings.Format.IniFormat)

    @property
    def file(self) -> Path:
        """Where they are kept."""
        return self._file

    @property
    def theme(self) -> str:
        """``dark`` or ``light``."""
        return "light" if self._text("appearance/theme") == "light" else "dark"

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("appearance/theme", name)

    @property
    def scale(self) -> float:
        """Size of the surface, 1.0 = the system's. Used at the next start."""
        try:
            return min(max(float(self._text("appearance/scale") or 1.0), 1.0), 2.0)
        except ValueError:
            return 1.0

    @scale.setter
    def scale(self, factor: float) -> None:
        self._store.setValue("appearance/scale", f"{factor:g}")

    @property
    def last_library(self) -> Path | None:
        """The library that was open last."""
        text = self._text("library/last")
        return Path(text) if text else None

    @property
    def recent_libraries(self) -> tuple[Path, ...]:
        """Libraries opened before, newest first."""
        return tuple(Path(line) for line in self._text("library/recent").split("\n") if line)

    def remember_library(self, folder: Path) -> None:
        """Note that a library was opened."""
        self._store.setValue("library/last", str(folder))
        recent = [folder, *(other for other in self.recent_libraries if other != folder)][:MOST_RECENT_LIBRARIES]
        self._store.setValue("library/recent", "\n".join(str(path) for path in recent))

    @property
    def geometry(self) -> QByteArray | None:
        """The window's place."""
        value = self._store.value("window/geometry")
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    def place(self, library: Path) -> dict[str, Any]:
        """The last place in a library: ``page``, ``ep_id`` and the Review page's own state."""
        value = self._store.value(f"place/{_key_of(library)}")
        return dict(value) if isinstance(value, dict) else {}

    def set_place(self, library: Path, place: dict[str, Any]) -> None:
        """Remember the last place in a library."""
        self._store.setValue(f"place/{_key_of(library)}", place)

    def accepted(self, notice_id: str) -> bool:
        """Whether the person accepted a notice for good."""
        return self._text(f"accepted/{notice_id}") == "yes"

    def accept(self, notice_id: str) -> None:
        """Remember that the person accepted a notice for good."""
        self._store.setValue(f"accepted/{notice_id}", "yes")

    def analysis_choices(self) -> dict[str, Any]:
        """What the person chose last in the analysis dialog."""
        value = self._store.value("analysis/choices")
        return dict(value) if isinstance(value, dict) else {}

    def set_analysis_choices(self, choices: dict[str, Any]) -> None:
        """Remember the choices of the analysis dialog."""
        self._store.setValue("analysis/choices", choices)

    def transcription_choices(self) -> dict[str, Any]:
        """What the person chose last in the dialog of a transcription."""
        value = self._store.value("transcription/choices")
        return dict(value) if isinstance(value, dict) else {}

    def set_transcription_choices(self, choices: dict[str, Any]) -> None:
        """Remember the choices of a transcription."""
        self._store.setValue("transcription/choices", choices)

    def server_choices(self) -> dict[str, Any]:
        """Whether and how the HTTP server runs with a library."""
        value = self._store.value("server/choices")
        return dict(value) if isinstance(value, dict) else {}

    def set_server_choices(self, choices: dict[str, Any]) -> None:
        """Remember the choices about the server."""
        self._store.setValue("server/choices", choices)

    def annotation_choices(self) -> dict[str, Any]:
        """What the person chose on the Annotate page: ``pipelines``, ``config``, ``presets``, ``coder``."""
        try:
            value = json.loads(self._text("annotation/choices") or "{}")
        except ValueError:
            return {}
        return dict(value) if isinstance(value, dict) else {}

    def set_annotation_choices(self, choices: dict[str, Any]) -> None:
        """Remember the choices of the Annotate page."""
        self._store.setValue("annotation/choices", json.dumps(choices))

    def render_draft(self, library: Path) -> dict[str, Any]:
        """The cut that the person was making in a library; see app.desktop.render_page.draft_json."""
        try:
            value = json.loads(self._text(f"render_draft/{_key_of(library)}") or "{}")
        except ValueError:
            return {}
        return dict(value) if isinstance(value, dict) else {}

    def set_render_draft(self, library: Path, draft: dict[str, Any]) -> None:
        """Remember the cut that is being made."""
        self._store.setValue(f"render_draft/{_key_of(library)}", json.dumps(draft))

    def saved_searches(self) -> list[dict[str, str]]:
        """Searches among identities that the person kept: ``name``, ``kind`` and ``text`` of each."""
        value = self._store.value("identities/searches")
        return [dict(one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []

    def set_saved_searches(self, searches: list[dict[str, str]]) -> None:
        """Remember the searches among identities."""
        self._store.setValue("identities/searches", searches)

    def audit_key(self) -> tuple[str, str] | None:
        """Name and secret of the key that signs this person's exports of the audit trail; None = none yet."""
        name, secret = self._text("audit/key_name"), self._text("audit/key_secret")
        return (name, secret) if secret else None

    def set_audit_key(self, name: str, secret: str) -> None:
        """Keep the key that signs exports of the audit trail."""
        self._store.setValue("audit/key_name", name)
        self._store.setValue("audit/key_secret", secret)

    def sync(self) -> None:
        """Write to disk now."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._store.sync()

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ""


def _key_of(library: Path) -> str:
    return str(library).replace("/", "|").replace("\\", "|")

"""The page's questions: which files, what a dropped sound is, what to delete, which episode, which engine."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from app.desktop.delete_box import delete_box
from app.desktop.one_dialog import OneDialog
from app.desktop.render_page.episode_dialog import EpisodeDialog
from app.desktop.render_page.episode_source import EpisodeWish, read_episodes, read_people
from app.desktop.render_page.materials_reader import PICTURE_SUFFIXES, SOUND_SUFFIXES
from app.desktop.render_page.remote_dialog import RemoteDialog
from app.desktop.render_page.words import error_words
from app.desktop.services import Services
from core.render.settings import RemoteSettings, read_remote, write_remote

MUSIC, VOICE = "music", "voice"


class Asking(OneDialog):
    """One conversation at a time."""

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._parent = dialog_parent
        self._folder = ""

    # ------------------------------------------------------------------ files

    def stills(self, then: Callable[[list[Path]], object]) -> None:
        """Which pictures to add."""
        pattern = self.tr("Pictures ({pattern})").format(pattern=_pattern(PICTURE_SUFFIXES))
        self._files(self.tr("Add stills"), pattern, then, many=True)

    def sound(self, kind: str, then: Callable[[list[Path]], object]) -> None:
        """Which sound to use."""
        title = self.tr("Choose the music") if kind == MUSIC else self.tr("Choose the voice")
        pattern = self.tr("Sounds ({pattern})").format(pattern=_pattern(SOUND_SUFFIXES))
        self._files(title, pattern, then, many=False)

    def mask(self, then: Callable[[list[Path]], object]) -> None:
        """Which picture's alpha cuts the subject out."""
        pattern = self.tr("Masks with transparency ({pattern})").format(pattern="*.png")
        self._files(self.tr("Choose a mask for the first still and those of its size"), pattern, then, many=False)

    def copy_target(self, name: str, then: Callable[[Path], object]) -> None:
        """Where a copy goes."""
        dialog = QFileDialog(
            self._parent,
            self.tr("Save a copy"),
            self._folder or str(Path.home()),
            self.tr("Videos ({pattern})").format(pattern="*.mp4"),
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("mp4")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: self._remember(Path(chosen).parent, lambda: then(Path(chosen))))
        self._open(dialog)

    def _files(self, title: str, pattern: str, then: Callable[[list[Path]], object], *, many: bool) -> None:
        dialog = QFileDialog(self._parent, title, self._folder, pattern + self.tr(";;All files (*)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if many else QFileDialog.FileMode.ExistingFile)

        def chosen(names: list[str]) -> None:
            paths = [Path(name) for name in names]
            if paths:
                self._remember(paths[0].parent, lambda: then(paths))

        dialog.filesSelected.connect(chosen)
        self._open(dialog)

    def _remember(self, folder: Path, then: Callable[[], object]) -> None:
        self._folder = str(folder)
        then()

    # ------------------------------------------------------------------ choices

    def kind_of_sound(self, path: str, then: Callable[[str], object]) -> None:
        """A sound was dropped: is it music or a voice?"""
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Add a sound"))
        box.setText(self.tr("What is “{name}”?").format(name=Path(path).name))
        box.setInformativeText(self.tr("Music is repeated or cut to the length, and lowered while the voice speaks."))
        music = box.addButton(self.tr("Music"), QMessageBox.ButtonRole.AcceptRole)
        voice = box.addButton(self.tr("Voice"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(music)
        kinds = {music: MUSIC, voice: VOICE}

        def chosen(_code: int) -> None:
            kind = next((kind for button, kind in kinds.items() if button is box.clickedButton()), None)
            if kind is not None:
                then(kind)

        box.finished.connect(chosen)
        self._open(box)

    def delete(self, title: str, more: str, then: Callable[[], object]) -> None:
        """Modal, because files are lost."""
        self._open(delete_box(self._parent, title, more, then))

    def preset_name(self, usual: str, then: Callable[[str], object]) -> None:
        """What an own preset is called."""
        dialog = QInputDialog(self._parent)
        dialog.setWindowTitle(self.tr("Own preset"))
        dialog.setLabelText(self.tr("Its name. It begins as a copy; its file opens in your text editor."))
        dialog.setTextValue(usual)
        dialog.textValueSelected.connect(then)
        self._open(dialog)

    # ------------------------------------------------------------------ an episode

    def episode(self, chosen: str, then: Callable[[EpisodeWish], object]) -> None:
        """Which episode the stills come from."""
        dialog = EpisodeDialog(self._parent)
        library, background = self._services.library, self._services.background

        def failed(error: Exception) -> None:
            dialog.show_failure(*error_words(error))

        def read(ep_id: str) -> None:
            background.run_query(
                lambda: read_people(library, ep_id),
                lambda people: dialog.show_people(ep_id, people),
                latest_key="render-people",
                failed=failed,
                owner=dialog,
            )

        def accepted() -> None:
            wish = dialog.wish
            if wish is not None:
                then(wish)

        dialog.episode_chosen.connect(read)
        dialog.accepted.connect(accepted)
        self._open(dialog)
        background.run_query(
            lambda: read_episodes(library),
            lambda episodes: dialog.show_episodes(episodes, chosen),
            latest_key="render-episodes",
            failed=failed,
            owner=dialog,
        )

    # ------------------------------------------------------------------ the remote engine

    def remote(self, then: Callable[[], object]) -> None:
        """Where the remote engine is."""
        self._services.background.run_query(
            _remote_now, lambda settings: self._show_remote(settings, then), latest_key="render-remote", owner=self
        )

    def _show_remote(self, settings: RemoteSettings, then: Callable[[], object]) -> None:
        dialog = RemoteDialog(settings, self._parent)

        def save() -> None:
            url, key = dialog.url, dialog.key
            kept = settings.key if key is None else key
            self._services.background.run_edit(lambda: write_remote(url, kept), lambda _kept: then(), owner=self)

        dialog.accepted.connect(save)
        self._open(dialog)
        dialog.url_field.setFocus()


def _remote_now() -> RemoteSettings:
    """A damaged file counts as none: it is written anew."""
    from core.errors import InvalidRequest

    try:
        return read_remote()
    except InvalidRequest:
        return RemoteSettings()


def _pattern(suffixes: Sequence[str] | frozenset[str]) -> str:
    return " ".join(f"*{suffix}" for suffix in sorted(suffixes))

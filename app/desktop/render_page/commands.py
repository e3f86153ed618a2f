"""What a person can do on the page with files and renders, with the questions that belong to it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu

from app.desktop.notices import NoticeButton, PostedNotice
from app.desktop.render_page.asking import MUSIC, VOICE, Asking
from app.desktop.render_page.doing import RenderDoing
from app.desktop.render_page.draft import MOST_STILLS, Draft, draft_of, request_of, with_stills
from app.desktop.render_page.materials_reader import (
    ReadMaterials,
    check_mask_file,
    looks_like_sound,
    read_materials,
)
from app.desktop.render_page.texts_pane import RENDERS
from app.desktop.render_page.words import dropped_words
from core.render.layout import presets_folder
from core.render.records import Render

if TYPE_CHECKING:
    from app.desktop.render_page.page import RenderPage

MOST_NOTICES = 12


class RenderCommands(QObject):
    """Asks, then edits the draft or hands on to ``RenderDoing``."""

    def __init__(self, page: "RenderPage") -> None:
        super().__init__(page)
        self._page = page
        self._services = page.services
        self.doing = RenderDoing(page.services, self)
        self.asking = Asking(page.services, page, page)
        self._reading = 0

    def close(self) -> None:
        """The library is being closed: take open dialogs away."""
        self.asking.close()

    # ------------------------------------------------------------------ materials

    def drop_words(self, paths: Sequence[Path]) -> str:
        """What letting go of files does."""
        sounds = sum(1 for path in paths if looks_like_sound(path))
        return dropped_words(len(paths) - sounds, sounds, paths[0].name)

    def take_files(self, paths: Sequence[Path]) -> None:
        """Pictures become stills, sounds music or voice; what is neither is named with the reason."""
        wanted = tuple(paths)
        self._reading += 1
        self._page.show_reading(self._reading)
        self._services.background.run_query(
            lambda: read_materials(wanted), self._take, failed=self._fail, owner=self, lane="render-materials"
        )

    def choose_stills(self) -> None:
        """Ask for pictures."""
        self.asking.stills(self.take_files)

    def choose_sound(self, kind: str) -> None:
        """Ask for a sound of a kind."""
        self.asking.sound(kind, lambda paths: self.take_sound(kind, paths[0]))

    def take_sound(self, kind: str, path: Path) -> None:
        """Use a file as music or voice, if it can be."""

        def take(read: ReadMaterials) -> None:
            self._reading -= 1
            self._page.show_reading(self._reading)
            self._tell_refused(read)
            if read.sounds:
                self._use_sound(kind, read.sounds[0])
            elif not read.refused:
                self._services.notices.error(
                    self.tr("{name} is no sound.").format(name=path.name), self.tr("Choose an MP3 or WAV file.")
                )

        self._reading += 1
        self._page.show_reading(self._reading)
        self._services.background.run_query(
            lambda: read_materials([path]), take, failed=self._fail, owner=self, lane="render-materials"
        )

    def choose_mask(self) -> None:
        """Ask for the mask of the first still."""
        self.asking.mask(lambda paths: self._take_mask(paths[0]))

    def _take_mask(self, path: Path) -> None:
        self._services.background.run_query(
            lambda: check_mask_file(path),
            lambda _none: self._edit(self.tr("mask"), replace(self._draft, mask=str(path))),
            owner=self,
            lane="render-materials",
        )

    def _take(self, read: ReadMaterials) -> None:
        self._reading -= 1
        self._page.show_reading(self._reading)
        self._tell_refused(read)
        if read.pictures:
            before = len(self._draft.stills)
            words = self.tr("still") if len(read.pictures) == 1 else self.tr("stills")
            self._edit(self.tr("adding the {stills}").format(stills=words), with_stills(self._draft, read.pictures))
            left_out = before + len(read.pictures) - len(self._draft.stills)
            if left_out > 0:
                self._services.notices.warning(
                    self.tr("A cut takes at most {count} stills: {left} were left out.").format(
                        count=MOST_STILLS, left=left_out
                    )
                )
        self._ask_sounds(list(read.sounds))

    def _ask_sounds(self, sounds: list[str]) -> None:
        """The first one is asked about, a second one is what the first is not."""
        if not sounds:
            return
        path, *rest = sounds

        def use(kind: str) -> None:
            self._use_sound(kind, path)
            other = VOICE if kind == MUSIC else MUSIC
            if rest:  # two sounds: the second one is the other of both
                self._use_sound(other, rest[0])
            for left_out in rest[1:]:
                self._services.notices.warning(
                    self.tr("A cut has one music and one voice: {name} was left out.").format(name=Path(left_out).name)
                )

        self.asking.kind_of_sound(path, use)

    def _use_sound(self, kind: str, path: str) -> None:
        if kind == MUSIC:
            self._edit(self.tr("music"), replace(self._draft, music=path))
        else:
            self._edit(self.tr("voice"), replace(self._draft, voice=path))

    def _tell_refused(self, read: ReadMaterials) -> None:
        for one in read.refused[:MOST_NOTICES]:
            self._services.notices.post(PostedNotice("error", one.message, one.action))

    def _fail(self, error: Exception) -> None:
        self._reading = 0
        self._page.show_reading(0)
        self._services.notices.error(error)

    # ------------------------------------------------------------------ renders

    def render(self) -> None:
        """Have the draft rendered."""
        page = self._page
        if page.readiness().ready and not self.doing.asking:
            page.desk.save_now()
            self.doing.render(request_of(page.desk.draft))
            page.show_readiness()

    def open(self, job_id: str) -> None:
        """Show a finished render in the player, or how far one is."""
        render = self._page.shelf.render(job_id)
        if render is None:
            return
        if render.output:
            self._page.show_result(render)
        else:
            self._page.watch(job_id)

    def delete(self, job_id: str) -> None:
        """Modal, because a file is lost."""
        render = self._page.shelf.render(job_id)
        if render is None:
            return
        self.asking.delete(
            self.tr("Delete “{title}”?").format(title=render.title),
            self.tr("The finished cut, its thumbnail and its segments are deleted. Copies that you saved stay."),
            lambda: self.doing.delete(job_id),
        )

    def reveal(self, job_id: str) -> None:
        """The folder of a render in the system's file browser."""
        render = self._page.shelf.render(job_id)
        if render is not None and Path(render.folder).is_dir():
            show_file(Path(render.folder))

    def save_copy(self) -> None:
        """Ask where a copy of the result in hand goes."""
        render = self._page.result
        if render is None or not render.output:
            return
        source = Path(render.output)
        name = "".join(sign if sign.isalnum() or sign in " -_" else " " for sign in render.title).strip() or "cut"

        def told(target: Path) -> None:
            self._services.notices.info(
                self.tr("{name} was saved.").format(name=target.name),
                str(target.parent),
                buttons=(NoticeButton(self.tr("Show in folder"), lambda: show_file(target.parent)),),
            )

        self.asking.copy_target(f"{name[:60]}.mp4", lambda target: self.doing.save_copy(source, target, told))

    def use_again(self, job_id: str) -> None:
        """Take what a render was made of in hand; Undo brings the draft before it back."""
        render = self._page.shelf.render(job_id)
        if render is not None:
            self._edit(self.tr("using “{title}” again").format(title=render.title), draft_of(render.request))
            self._page.body.show_preview()

    def new_cut(self) -> None:
        """Begin with nothing; Undo brings it back."""
        self._edit(self.tr("new cut"), Draft(preset_id=self._draft.preset_id))
        self._page.body.show_preview()

    def tell_done(self, render: Render) -> None:
        """Somebody who is elsewhere hears that their cut is there."""
        self._services.notices.info(
            self.tr("“{title}” is rendered.").format(title=render.title),
            buttons=(
                NoticeButton(self.tr("Show"), lambda: self._show(render.job_id)),
                NoticeButton(self.tr("Open folder"), lambda: show_file(Path(render.folder))),
            ),
        )

    def _show(self, job_id: str) -> None:
        self._services.navigator.go("render")
        self._page.body.texts.show_part(RENDERS)
        self.open(job_id)

    # ------------------------------------------------------------------ presets and engine

    def preset_menu(self, preset_id: str, place: QPoint) -> None:
        """What can be done with a preset."""
        page = self._page
        preset = page.shelf.preset(preset_id)
        menu = QMenu(page)
        if preset is not None:
            menu.addAction(self.tr("Make an own preset from “{name}”…").format(name=preset.name)).triggered.connect(
                lambda: self.own_preset_from(preset.id)
            )
        if preset is not None and preset.own:
            menu.addAction(self.tr("Open its file")).triggered.connect(
                lambda: self.doing.open_own_preset(preset.id, show_file)
            )
            menu.addAction(self.tr("Delete “{name}”…").format(name=preset.name)).triggered.connect(
                lambda: self._delete_preset(preset.id, preset.name)
            )
        menu.addSeparator()
        menu.addAction(self.tr("Show the folder of own presets")).triggered.connect(self.show_presets_folder)
        menu.addAction(page.services.actions.qaction("render.read_presets"))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def own_preset_from(self, preset_id: str) -> None:
        """Ask for a name, then write a copy that can be changed."""
        preset = self._page.shelf.preset(preset_id)
        if preset is None:
            return

        def written(path: Path) -> None:
            self._page.take_preset(path.stem)
            self._services.notices.info(
                self.tr("{name} was written. Change it in a text editor, then read the presets again.").format(
                    name=path.name
                ),
                str(path),
                buttons=(NoticeButton(self.tr("Open"), lambda: show_file(path)),),
            )

        usual = self.tr("My {name}").format(name=preset.name)
        self.asking.preset_name(usual, lambda name: self.doing.add_own_preset(preset, name, written))

    def show_presets_folder(self) -> None:
        """The folder, made if nobody has own presets yet."""
        folder = presets_folder(self._services.library.path)

        def make() -> Path:
            folder.mkdir(exist_ok=True)
            return folder

        self._services.background.run_edit(make, show_file, owner=self)

    def ask_remote(self) -> None:
        """Where the remote engine is."""
        self.asking.remote(self._page.read_remote)

    def _delete_preset(self, preset_id: str, name: str) -> None:
        self.asking.delete(
            self.tr("Delete the preset “{name}”?").format(name=name),
            self.tr("Its file is deleted. Cuts that were rendered with it stay."),
            lambda: self.doing.delete_own_preset(preset_id),
        )

    # ------------------------------------------------------------------ inside

    @property
    def _draft(self) -> Draft:
        return self._page.desk.draft

    def _edit(self, name: str, draft: Draft) -> None:
        self._page.desk.apply(name, draft)


def show_file(path: Path) -> None:
    """Open a file or a folder with what the system uses for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

"""The draft and what shows it: edits in the zones become drafts, drafts are shown in the zones."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.desktop.render_page.asking import MUSIC, VOICE
from app.desktop.render_page.draft import Draft, in_order, with_duration, with_focus, without_file, without_stills
from app.desktop.render_page.looks_pane import sound_info
from app.desktop.render_page.materials_reader import Sound, read_sound
from core.render.types import Archetype, Captions, EnginePolicy, RenderPlan
from models.errors import RushesError

if TYPE_CHECKING:
    from app.desktop.render_page.page import RenderPage


class DraftBinding(QObject):
    """``problems``: by the path of a file of the draft, why it cannot be used."""

    def __init__(self, page: "RenderPage") -> None:
        super().__init__(page)
        self._page = page
        self.problems: dict[str, str] = {}
        self._masked: tuple[bool, ...] = ()
        self._sounds: dict[str, Sound] = {}
        self._sound_problems: dict[str, str] = {}
        self._reading: set[str] = set()
        self._connect()

    def show(self) -> None:
        """The draft in hand, everywhere."""
        page, draft = self._page, self._page.desk.draft
        page.body.looks.show_draft(draft, page.preset, self.problems, self._masked)
        self.show_sounds()
        editor = page.body.texts.editor
        if editor.prompt() != draft.prompt:
            editor.set_prompt(draft.prompt)
        if editor.captions() != draft.captions:
            editor.set_captions(draft.captions)
        self._check_files(draft)

    def show_plan(self, plan: RenderPlan) -> None:
        """Which stills the mask really cuts out."""
        masked = tuple(still.mask is not None for still in plan.stills)
        if masked != self._masked:
            self._masked = masked
            page = self._page
            page.body.looks.show_draft(page.desk.draft, page.preset, self.problems, self._masked)

    def leave_out_missing(self) -> None:
        """Files that are gone are named nowhere any more; Undo names them again."""
        draft = self._draft
        for path in self.problems:
            draft = without_file(draft, path)
        self._edit(self.tr("leaving out missing files"), draft)

    def show_sounds(self) -> None:
        """The chosen sounds, their waveforms as soon as they were read, and which one plays."""
        page, draft = self._page, self._page.desk.draft
        rows = ((page.body.looks.music, draft.music), (page.body.looks.voice, draft.voice))
        for row, path in rows:
            problem = self.problems.get(path, "") or self._sound_problems.get(path, "")
            row.set_sound(sound_info(path, self._sounds.get(path), problem))
            row.set_playing(bool(path) and page.hearing.playing == path)
            if path and path not in self._sounds and path not in self._sound_problems:
                self._read_sound(path)

    # ------------------------------------------------------------------ reading

    def _read_sound(self, path: str) -> None:
        if path in self._reading:
            return
        self._reading.add(path)

        def took(sound: Sound) -> None:
            self._reading.discard(path)
            self._sounds[path] = sound
            self.show_sounds()

        def failed(error: Exception) -> None:
            self._reading.discard(path)
            self._sound_problems[path] = error.message if isinstance(error, RushesError) else str(error)
            self.show_sounds()

        self._page.services.background.run_query(
            lambda: read_sound(Path(path)), took, failed=failed, owner=self, lane="render-materials"
        )

    def _check_files(self, draft: Draft) -> None:
        """Files may be moved away while nobody looks."""
        files = draft.files()
        if not files:
            self._take_problems({})
            return
        gone = self.tr("{name} is gone.")
        self._page.services.background.run_query(
            lambda: {path: gone.format(name=Path(path).name) for path in files if not Path(path).is_file()},
            self._take_problems,
            latest_key="render-files",
            owner=self,
        )

    def _take_problems(self, problems: dict[str, str]) -> None:
        if problems == self.problems:
            return
        for path in self.problems:
            self._sound_problems.pop(path, None)  # it may be back
        self.problems = problems
        page = self._page
        page.body.looks.show_draft(page.desk.draft, page.preset, problems, self._masked)
        self.show_sounds()
        page.show_readiness()

    # ------------------------------------------------------------------ editing

    def _edit(self, name: str, draft: Draft, merge: str = "") -> None:
        self._page.desk.apply(name, draft, merge=merge)

    @property
    def _draft(self) -> Draft:
        return self._page.desk.draft

    def _connect(self) -> None:
        looks, texts, commands = self._page.body.looks, self._page.body.texts, self._page.commands
        looks.cards.chosen.connect(lambda one: self._edit(self.tr("look"), replace(self._draft, preset_id=one)))
        looks.cards.menu_requested.connect(commands.preset_menu)
        looks.duration_wanted.connect(self._on_duration)
        looks.brand_safe_wanted.connect(self._on_brand_safe)
        looks.archetype_wanted.connect(self._on_archetype)
        looks.policy_wanted.connect(self._on_policy)
        looks.remote_allowed_wanted.connect(self._on_remote_allowed)
        looks.remote.clicked.connect(commands.ask_remote)
        self._connect_materials()
        texts.leave_out.clicked.connect(self.leave_out_missing)
        texts.editor.changed.connect(self._on_captions)
        texts.editor.prompt_changed.connect(self._on_prompt)
        texts.editor.make_requested.connect(self._make_captions)
        texts.editor.field_focused.connect(lambda _key: self._page.desk.end_merging())

    def _connect_materials(self) -> None:
        looks, commands = self._page.body.looks, self._page.commands
        stills = looks.stills
        stills.add_requested.connect(commands.choose_stills)
        stills.files_dropped.connect(commands.take_files)
        stills.order_changed.connect(
            lambda order: self._edit(self.tr("order of the stills"), in_order(self._draft, order))
        )
        stills.removed.connect(self._on_removed)
        stills.focus_changed.connect(self._on_focus)
        stills.focus_cleared.connect(lambda at: self._edit(self.tr("focus"), with_focus(self._draft, at, None)))
        stills.mask_requested.connect(lambda _at: commands.choose_mask())
        stills.mask_cleared.connect(lambda _at: self._edit(self.tr("removing the mask"), replace(self._draft, mask="")))
        for kind, row in ((MUSIC, looks.music), (VOICE, looks.voice)):
            row.choose_requested.connect(lambda kind=kind: commands.choose_sound(kind))
            row.dropped.connect(lambda path, kind=kind: commands.take_sound(kind, path))
            row.cleared.connect(lambda kind=kind: self._on_cleared(kind))
            row.play_requested.connect(lambda on, kind=kind: self._on_play(kind, on))
            row.sought.connect(lambda fraction, kind=kind: self._on_sought(kind, fraction))
        hearing = self._page.hearing
        hearing.changed.connect(self.show_sounds)
        hearing.moved.connect(self._on_heard)
        hearing.trouble.connect(self._page.services.notices.warning)

    def _on_duration(self, duration_s: int) -> None:
        self._edit(self.tr("length"), with_duration(self._draft, duration_s), merge="duration")

    def _on_brand_safe(self, wanted: bool | None) -> None:
        self._edit(self.tr("brand safety"), replace(self._draft, brand_safe=wanted))

    def _on_archetype(self, wanted: Archetype | None) -> None:
        self._edit(self.tr("layout"), replace(self._draft, archetype=wanted))

    def _on_policy(self, wanted: EnginePolicy | None) -> None:
        self._edit(self.tr("engine"), replace(self._draft, engine_policy=wanted))

    def _on_remote_allowed(self, allowed: bool) -> None:
        self._edit(self.tr("permission"), replace(self._draft, remote_allowed=allowed))

    def _on_removed(self, indices: tuple[int, ...]) -> None:
        name = self.tr("removing a still") if len(indices) == 1 else self.tr("removing stills")
        self._edit(name, without_stills(self._draft, indices))

    def _on_focus(self, at: int, x: float, y: float) -> None:
        self._edit(self.tr("focus"), with_focus(self._draft, at, (x, y)), merge=f"focus {at}")

    def _on_cleared(self, kind: str) -> None:
        self._page.hearing.halt()
        if kind == MUSIC:
            self._edit(self.tr("removing the music"), replace(self._draft, music=""))
        else:
            self._edit(self.tr("removing the voice"), replace(self._draft, voice=""))

    def _on_captions(self) -> None:
        captions = self._page.body.texts.editor.captions()
        merge = f"captions {len(captions.beats)}" if captions is not None and captions != Captions() else ""
        self._edit(self.tr("captions"), replace(self._draft, captions=captions), merge)

    def _on_prompt(self) -> None:
        prompt = self._page.body.texts.editor.prompt()
        self._edit(self.tr("prompt"), replace(self._draft, prompt=prompt), merge="prompt")

    def _make_captions(self, prompt: str) -> None:
        """What the prompt gives becomes captions that can be changed."""
        from core.render.prompt_texts import captions_from_prompt

        self._edit(
            self.tr("captions from the prompt"),
            replace(self._draft, prompt=prompt, captions=captions_from_prompt(prompt)),
        )

    # ------------------------------------------------------------------ hearing

    def _path_of(self, kind: str) -> str:
        return self._draft.music if kind == MUSIC else self._draft.voice

    def _on_play(self, kind: str, on: bool) -> None:
        sound = self._sounds.get(self._path_of(kind))
        if on and sound is not None:
            self._page.hearing.play(sound.path, sound.duration_s)
        else:
            self._page.hearing.halt()

    def _on_sought(self, kind: str, fraction: float) -> None:
        sound = self._sounds.get(self._path_of(kind))
        if sound is not None:
            self._page.hearing.play(sound.path, sound.duration_s, fraction)

    def _on_heard(self, fraction: float) -> None:
        looks, playing = self._page.body.looks, self._page.hearing.playing
        for row, path in ((looks.music, self._draft.music), (looks.voice, self._draft.voice)):
            if path == playing:
                row.set_position(fraction)

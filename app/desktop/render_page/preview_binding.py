"""The preview and what drives it: the draft in hand, the time, and the pictures of the looks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from app.desktop.render_page.draft import Draft, request_of
from app.desktop.render_page.preview_wishes import CaptionCheck
from app.desktop.render_page.words import error_words, plan_words
from core.render.types import FPS, CaptionRole, Captions, CaptionSlot, Preset, RenderPlan, RenderRequest
from widgets.render import CaptionFit, FieldKey, Message

if TYPE_CHECKING:
    from app.desktop.render_page.page import RenderPage

BUSY_AFTER_MS, CARDS_AFTER_MS = 350, 500
CARD_DURATION_S = 3


class PreviewBinding(QObject):
    """Asks for plans and frames, shows what comes back."""

    def __init__(self, page: "RenderPage") -> None:
        super().__init__(page)
        self._page = page
        self._checks: tuple[CaptionCheck, ...] = ()
        self._cards_of: object = None
        self._busy = _timer(self, BUSY_AFTER_MS, self._say_busy)
        self._cards = _timer(self, CARDS_AFTER_MS, self._draw_cards)
        self._connect()

    def show(self) -> None:
        """The draft in hand, at the place where the preview is."""
        page = self._page
        self._cards.start()
        if page.desk.draft.is_empty:
            self._say_empty()
        elif page.preset is not None:
            self._busy.start()
            page.preview.show(request_of(page.desk.draft), page.preset)

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._busy.stop()
        self._cards.stop()

    # ------------------------------------------------------------------ what comes back

    def _on_planned(self, plan: RenderPlan) -> None:
        page = self._page
        page.body.preview.show_plan(plan, plan_words(plan))
        page.binding.show_plan(plan)
        self._checks = ()
        derived = captions_of(plan.captions) if page.desk.draft.captions is None else Captions()
        page.body.texts.editor.set_derived(derived)
        self._show_fits()
        page.show_readiness()

    def _on_frame(self, image: QImage, frame: int) -> None:
        self._busy.stop()
        plan = self._page.preview.plan
        if plan is not None:
            self._page.body.preview.show_frame(image, frame, plan.frame_count)
            self._page.body.preview.say(Message.NONE, "")

    def _on_checked(self, checks: Sequence[CaptionCheck]) -> None:
        self._checks = tuple(checks)
        self._show_fits()

    def _on_refused(self, error: Exception) -> None:
        self._busy.stop()
        message, action = error_words(error)
        self._page.body.preview.say_failure(message, action)
        self._page.body.texts.editor.set_fits({})
        self._page.show_readiness()

    def _show_fits(self) -> None:
        plan = self._page.preview.plan
        if plan is not None:
            self._page.body.texts.editor.set_fits(fits_of(plan, self._page.desk.draft, self._checks))

    # ------------------------------------------------------------------ what is said instead

    def _say_empty(self) -> None:
        page = self._page
        self._busy.stop()
        page.preview.forget()
        page.body.texts.editor.set_derived(Captions())
        page.body.texts.editor.set_fits({})
        page.body.preview.show_nothing(
            self.tr("Drop stills here"),
            self.tr("Then write what the cut says. Music and a voice can be dropped too; you see the cut at once."),
        )

    def _say_busy(self) -> None:
        if not self._page.preview.is_current and self._page.preview.error is None:
            self._page.body.preview.say(Message.BUSY, self.tr("Drawing"))

    # ------------------------------------------------------------------ cards

    def _draw_cards(self) -> None:
        """Each look with the person's own first still and hook; drawn again only when these changed."""
        page = self._page
        presets, draft = page.shelf.presets, page.desk.draft
        wishes = card_wishes(presets, draft, page.binding.problems, self.tr("Your hook"))
        if presets and wishes != self._cards_of:
            self._cards_of = wishes
            page.preview.draw_cards([(preset, wishes[preset.id]) for preset in presets])

    # ------------------------------------------------------------------ inside

    def _on_playing(self, playing: bool) -> None:
        self._page.body.preview.bar.set_playing(playing)

    def _on_sought(self, frame: int, _final: bool) -> None:
        self._page.preview.clock.go(frame)

    def _connect(self) -> None:
        page, preview, pane = self._page, self._page.preview, self._page.body.preview
        preview.planned.connect(self._on_planned)
        preview.frame_ready.connect(self._on_frame)
        preview.checked.connect(self._on_checked)
        preview.refused.connect(self._on_refused)
        preview.card_ready.connect(page.body.looks.cards.set_picture)
        preview.clock.playing_changed.connect(self._on_playing)
        preview.clock.moved.connect(pane.bar.set_frame)
        pane.canvas.scrubbed.connect(preview.clock.go_to_fraction)
        pane.canvas.stepped.connect(lambda frames: preview.clock.go(preview.clock.frame + frames))
        pane.canvas.play_toggled.connect(preview.clock.toggle)
        pane.bar.frame_sought.connect(self._on_sought)
        pane.bar.play_requested.connect(lambda on: preview.clock.play() if on else preview.clock.pause())


def captions_of(slots: Sequence[CaptionSlot]) -> Captions:
    """The texts of a plan."""
    by_role: dict[CaptionRole, list[str]] = {role: [] for role in CaptionRole}
    for slot in slots:
        by_role[slot.role].append(slot.text)
    hook, cta = by_role[CaptionRole.HOOK], by_role[CaptionRole.CTA]
    return Captions(hook[0] if hook else "", tuple(by_role[CaptionRole.BEAT]), cta[0] if cta else "")


def fits_of(plan: RenderPlan, draft: Draft, checks: Sequence[CaptionCheck]) -> dict[FieldKey, CaptionFit]:
    """For each field of the captions, when it is seen and whether it fits; beats are counted without empty ones.

    Beats keep their order in a plan; when there is no time for all, the last ones are left out.
    """
    shortened = {(one.role, one.text) for one in checks if one.shortened}
    lines = {(one.role, one.text): one.lines for one in checks}
    captions = draft.captions
    said = len(plan.captions) if captions is None else sum(1 for beat in captions.beats if beat.strip())
    beats = [(CaptionRole.BEAT, at) for at in range(said)]
    found: dict[FieldKey, CaptionFit] = {}
    next_beat = iter(beats)
    for slot in plan.captions:
        key = next(next_beat, None) if slot.role is CaptionRole.BEAT else (slot.role, 0)
        if key is not None:
            found[key] = CaptionFit(
                lines=lines.get((slot.role, slot.text), 0),
                start_s=slot.start_frame / FPS,
                end_s=slot.end_frame / FPS,
                shortened=(slot.role, slot.text) in shortened,
            )
    if captions is not None:
        found.update({key: CaptionFit(left_out=True) for key in next_beat})
    return found


def card_wishes(
    presets: Sequence[Preset], draft: Draft, problems: Mapping[str, str], usual_hook: str
) -> dict[str, RenderRequest]:
    """What to draw on each preset's card: three seconds of the draft, without what cannot be read."""
    stills = tuple(one for one in draft.stills if one.path not in problems)[:1]
    own_mask = bool(stills) and stills[0] == draft.stills[0] and draft.mask not in problems
    said = draft.captions.hook.strip() if draft.captions is not None else ""
    hook = said or (usual_hook if draft.captions is None and not draft.prompt.strip() else "")
    sample = Draft(
        stills=stills,
        mask=draft.mask if own_mask else "",
        duration_s=CARD_DURATION_S,
        captions=Captions(hook=hook) if hook or draft.captions is not None else None,
        prompt=draft.prompt,
    )
    return {preset.id: request_of(replace(sample, preset_id=preset.id)) for preset in presets}


def _timer(parent: QObject, after_ms: int, call: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(call)
    return timer

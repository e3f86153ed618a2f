"""What a cut says: hook, beats and call to action, written by the person or made from the prompt."""

from collections.abc import Mapping
from enum import Enum

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.render.types import CaptionRole, Captions
from widgets.flow.buttons import Chip, push_button
from widgets.flow.labels import label
from widgets.render.caption_beats import MOST_BEATS, CaptionBeats
from widgets.render.caption_field import CaptionField, GrowingText
from widgets.render.parts import CaptionFit, FieldKey

MOST_PROMPT_CHARACTERS = 5_000


class Source(Enum):
    """Where the captions come from."""

    PROMPT = "prompt"
    OWN = "own"
    NONE = "none"


class CaptionEditor(QWidget):
    """The prompt, where captions come from, and a field for each. Writing into a caption that was made from the prompt
    makes all of them the person's own.
    """

    changed = Signal()
    """The captions or their source, by the person."""
    prompt_changed = Signal()
    make_requested = Signal(str)
    """The prompt that captions are to be made from; the page answers with ``set_captions``."""
    field_focused = Signal(object)
    """The :data:`FieldKey` of the caption that the keyboard is on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = Source.PROMPT
        self._own = Captions()
        self._derived = Captions()
        self._fits: dict[FieldKey, CaptionFit] = {}
        self._filling = False
        self._prompt = GrowingText(2, 6)
        self._prompt.keeps_enter = True
        self._prompt_note = label("", "caption")
        self.make = push_button(self.tr("Make captions from the prompt"), "transcript", small=True)
        self._count = label("", "small")
        self.chips = {
            Source.PROMPT: Chip(self.tr("From the prompt")),
            Source.OWN: Chip(self.tr("My own")),
            Source.NONE: Chip(self.tr("None")),
        }
        self._group = QButtonGroup(self)
        self.hook = CaptionField(CaptionRole.HOOK)
        self.beats = CaptionBeats()
        self.cta = CaptionField(CaptionRole.CTA)
        self.add = push_button(self.tr("Add a beat"), "add", "quiet", small=True)
        self._fields = QWidget()
        self._none = label(self.tr("This cut has no captions."), "muted", wrap=True)
        self.setAccessibleName(self.tr("Captions"))
        self._build()
        self._connect()
        self._show_source()

    # ---- what a page says ----

    def set_prompt(self, text: str) -> None:
        """Show another prompt; nothing is told."""
        self._prompt.set_text(text)
        self._show_prompt()

    def prompt(self) -> str:
        """What stands in the prompt."""
        return self._prompt.toPlainText().strip()

    def set_captions(self, captions: Captions | None) -> None:
        """Show these, nothing is told: None = made from the prompt, all empty = none."""
        if captions == self.captions():
            return
        if captions is None:
            self._source = Source.PROMPT
        elif captions == Captions():
            self._source, self._own = Source.NONE, Captions()
        else:
            self._source, self._own = Source.OWN, captions
        self._show_source()

    def captions(self) -> Captions | None:
        """What was written, without empty ones; None = made from the prompt."""
        if self._source is Source.PROMPT:
            return None
        return self._written() if self._source is Source.OWN else Captions()

    def source(self) -> Source:
        """Where the captions come from."""
        return self._source

    def set_derived(self, captions: Captions) -> None:
        """What the prompt gives now: shown while captions come from it."""
        self._derived = captions
        if self._source is Source.PROMPT:
            self._fill(captions)

    def set_fits(self, fits: Mapping[FieldKey, CaptionFit]) -> None:
        """How the captions that are shown came out; beats are counted without empty ones."""
        self._fits = dict(fits)
        self.hook.set_fit(self._fits.get((CaptionRole.HOOK, 0)))
        self.cta.set_fit(self._fits.get((CaptionRole.CTA, 0)))
        self.beats.set_fits(self._fits)
        self._show_count()

    def add_beat(self) -> None:
        """Add an empty beat at the end and go there."""
        self.beats.add()

    def focus_field(self, key: FieldKey) -> None:
        """Give the field of a caption the keyboard."""
        role, at = key
        if role is CaptionRole.BEAT:
            written = [number for number, field in enumerate(self.beats.fields()) if field.words()]
            self.beats.focus(written[at] if at < len(written) else -1)
        else:
            (self.hook if role is CaptionRole.HOOK else self.cta).text.setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """The colours of words that are not the person's own follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_none"):
            self._show_faint()

    # ---- inside ----

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.tr("Captions"), "strong"))
        head.addWidget(self._count, 1)
        prompt_head = QHBoxLayout()
        prompt_head.addWidget(label(self.tr("Prompt"), "small"), 1)
        prompt_head.addWidget(self._prompt_note)
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for source, chip in self.chips.items():
            self._group.addButton(chip)
            chip.clicked.connect(lambda _on=False, source=source: self._choose(source))
            chips.addWidget(chip)
        chips.addStretch(1)
        fields = QVBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(8)
        for part in (self.hook, self.beats):
            fields.addWidget(part)
        fields.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        fields.addWidget(self.cta)
        fields.addStretch(1)
        self._fields.setProperty("role", "scrolled")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self._fields)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._area = area
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(prompt_head)
        column.addWidget(self._prompt)
        column.addWidget(self.make, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(4)
        column.addLayout(head)
        column.addLayout(chips)
        column.addWidget(self._none)
        column.addWidget(area, 100)
        column.addStretch(1)
        self._prompt.setPlaceholderText(self.tr("Say what the cut is about. Sentences become captions."))
        self._prompt.setAccessibleName(self.tr("Prompt"))
        self._group.setExclusive(True)
        self.beats.tab_before, self.beats.tab_after = self.hook.text, (self.add, self.cta.text)

    def _connect(self) -> None:
        self._prompt.textChanged.connect(self._on_prompt)
        self.make.clicked.connect(lambda: self.make_requested.emit(self.prompt()))
        self.add.clicked.connect(self.add_beat)
        for field, role in ((self.hook, CaptionRole.HOOK), (self.cta, CaptionRole.CTA)):
            field.edited.connect(self._on_edit)
            field.focused.connect(lambda role=role: self.field_focused.emit((role, 0)))
        self.beats.edited.connect(self._on_edit)
        self.beats.focused.connect(self._on_beat_focus)
        self.beats.left.connect(lambda _step: self.hook.text.setFocus(Qt.FocusReason.OtherFocusReason))
        self.hook.entered.connect(self._go_to_beats)
        self.cta.entered.connect(self.cta.text.clearFocus)

    def _written(self) -> Captions:
        return Captions(self.hook.words(), self.beats.texts(), self.cta.words())

    def _choose(self, source: Source) -> None:
        if source is self._source:
            return
        if self._source is Source.OWN:
            self._own = self._written()
        elif source is Source.OWN and self._own == Captions():
            self._own = self._derived
        self._source = source
        self._show_source()
        self.changed.emit()

    def _show_source(self) -> None:
        self.chips[self._source].setChecked(True)
        shown = self._source is not Source.NONE
        self._area.setVisible(shown)
        self._none.setVisible(not shown)
        self._fill(self._derived if self._source is Source.PROMPT else self._own)
        self._show_faint()
        self._show_prompt()

    def _fill(self, captions: Captions) -> None:
        if captions != self._written():
            self._filling = True
            self.hook.set_words(captions.hook)
            self.beats.set_texts(captions.beats)
            self.cta.set_words(captions.cta)
            self._filling = False
            self.beats.set_faint(self._source is Source.PROMPT)
            self.set_fits(self._fits)
        self._show_count()

    def _show_faint(self) -> None:
        faint = self._source is Source.PROMPT
        for field in (self.hook, self.cta):
            field.text.set_faint(faint)
        self.beats.set_faint(faint)

    def _show_count(self) -> None:
        self.add.setEnabled(self.beats.count() < MOST_BEATS)
        written = self._written()
        count = bool(written.hook) + len(written.beats) + bool(written.cta)
        if self._source is Source.NONE or not count:
            self._count.setText("")
            return
        lines = sum(fit.lines for fit in self._fits.values() if not fit.left_out)
        words = self.tr("{count} captions") if count != 1 else self.tr("{count} caption")
        told = words.format(count=count)
        self._count.setText(self.tr("{captions}, {lines} lines").format(captions=told, lines=lines) if lines else told)

    def _show_prompt(self) -> None:
        count = len(self.prompt())
        over = count > MOST_PROMPT_CHARACTERS
        words = self.tr("{count} of {most} characters").format(count=count, most=MOST_PROMPT_CHARACTERS)
        self._prompt_note.setText(words if over or count > MOST_PROMPT_CHARACTERS * 0.8 else "")
        role = "error" if over else "caption"
        if self._prompt_note.property("role") != role:
            self._prompt_note.setProperty("role", role)
            self._prompt_note.style().unpolish(self._prompt_note)
            self._prompt_note.style().polish(self._prompt_note)
        self.make.setEnabled(0 < count <= MOST_PROMPT_CHARACTERS)

    def _on_prompt(self) -> None:
        self._show_prompt()
        self.prompt_changed.emit()

    def _on_edit(self) -> None:
        if self._filling:
            return
        if self._source is Source.PROMPT:
            self._source, self._own = Source.OWN, self._written()
            self.chips[Source.OWN].setChecked(True)
            self._show_faint()
        self._show_count()
        self.changed.emit()

    def _on_beat_focus(self, at: int) -> None:
        written = sum(bool(field.words()) for field in self.beats.fields()[:at])
        self.field_focused.emit((CaptionRole.BEAT, written))

    def _go_to_beats(self) -> None:
        if self.beats.fields():
            self.beats.focus(0)
        else:
            self.beats.add()

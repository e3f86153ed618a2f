"""Two tiers compared: who with whom, how far they agree, and where they do not."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.annotate.agreement_data import AgreementChoice, AgreementFigures, known, strength_words
from widgets.annotate.confusion_matrix import ConfusionMatrix
from widgets.flow.buttons import IconButton, push_button
from widgets.flow.cards import Card, EmptyState
from widgets.flow.labels import label
from widgets.flow.progress_line import ProgressLine
from widgets.theme import current_theme

MOST_TOLERANCE_S = 60.0
FOUR_FROM_PX = 620
_SCROLL_PX = 14
_MARKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


class _Scale(QWidget):
    """Where a figure is between nought and one; the marks are the bounds of the usual words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: float | None = None
        self.setFixedHeight(10)

    def set_value(self, value: float | None) -> None:
        """Show a figure; below nought there is no bar."""
        self._value = value
        self.update()

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(80, 10)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A groove, the bar, the marks."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(0, 2, self.width(), 5)
        painter.setBrush(theme.colour("pressed"))
        painter.drawRoundedRect(groove, 2.5, 2.5)
        if self._value is not None and self._value > 0:
            painter.setBrush(theme.colour("step_done"))
            painter.drawRoundedRect(QRectF(0, 2, max(self.width() * min(self._value, 1.0), 5), 5), 2.5, 2.5)
        painter.setBrush(theme.colour("raised"))
        for mark in _MARKS[1:-1]:
            painter.drawRect(QRectF(self.width() * mark - 0.5, 1, 1, 7))
        painter.end()


class _Figure(Card):
    """One figure with its name, its words and where it lies."""

    def __init__(self, title: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding_px=12, spacing_px=2)
        self._title = title
        self._value = label("–", "title")
        self._words = label("", "small", wrap=True)
        self._scale = _Scale()
        self.setToolTip(tip)
        self.body.addWidget(label(title, "caption"))
        self.body.addWidget(self._value)
        self.body.addWidget(self._scale)
        self.body.addWidget(self._words)
        self.body.addStretch(1)

    def set_figure(self, value: float | None, *, share: bool = False, words: str = "") -> None:
        """Show a figure; None = it cannot be computed."""
        value = known(value)
        if value is None:
            shown, said = "–", words or self.tr("cannot be computed")
        else:
            shown = f"{value:.0%}" if share else f"{value:.2f}".replace("-", "\u2212")
            said = words or ("" if share else strength_words(value))
        self._value.setText(shown)
        self._words.setText(said)
        self._scale.set_value(value)
        self.setAccessibleName(f"{self._title}: {shown}, {said}")


class AgreementPanel(QWidget):
    """Choose two tiers and how far apart in time the same event may be; see figures and matrix."""

    pair_chosen = Signal(str, str)
    """Ids of the first and the second tier."""
    tolerance_changed = Signal(float)
    """Seconds."""
    cell_chosen = Signal(str, str)
    """A cell of the matrix: the labels of the first and of the second; "" = nothing marked."""
    lanes_requested = Signal()
    """Lanes are to show where the two agree."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[AgreementChoice, ...] = ()
        self._figures: AgreementFigures | None = None
        self.first, self.second = QComboBox(), QComboBox()
        self._swap = IconButton("replace", self.tr("Swap the two"), size_px=16)
        self.tolerance_field = QDoubleSpinBox()
        self._lanes = push_button(self.tr("Show as lanes"), "lanes", small=True)
        self._line = ProgressLine(height_px=3)
        self._by_time = _Figure(
            self.tr("Kappa by time"),
            self.tr("Cohen's kappa over slices of time: how far both say the same at the same moment, beyond chance."),
        )
        self._by_events = _Figure(
            self.tr("Kappa by events"),
            self.tr("Cohen's kappa over events: marks of both that lie within the tolerance are pairs."),
        )
        self._alpha = _Figure(
            self.tr("Krippendorff's alpha"),
            self.tr("Agreement beyond chance that also holds for more than two coders and for gaps."),
        )
        self._observed = _Figure(self.tr("Same label"), self.tr("The share of time in which both say the same."))
        self.matrix = ConfusionMatrix()
        self._events = label("", "muted", wrap=True)
        self._notes = label("", "warning", wrap=True)
        self._empty = EmptyState()
        self._build()
        self._connect()
        self._show_which()

    # ---- what a page says ----

    def set_choices(self, choices: Sequence[AgreementChoice]) -> None:
        """The tiers that can be compared; the chosen ones stay chosen where they are still there."""
        before = self.pair()
        self._choices = tuple(choices)
        for combo in (self.first, self.second):
            with QSignalBlocker(combo):
                combo.clear()
                for choice in self._choices:
                    words = f"{choice.title}  ·  {choice.subtitle}" if choice.subtitle else choice.title
                    combo.addItem(words, choice.choice_id)
        ids = [choice.choice_id for choice in self._choices]
        first = before[0] if before[0] in ids else ids[0] if ids else ""
        second = before[1] if before[1] in ids else next((one for one in ids if one != first), "")
        self.set_pair(first, second)
        self._show_which()

    def set_pair(self, first: str, second: str) -> None:
        """Choose two; nothing is told."""
        for combo, wanted in ((self.first, first), (self.second, second)):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(combo.findData(wanted))

    def pair(self) -> tuple[str, str]:
        """The ids of the chosen two, "" = none."""
        return str(self.first.currentData() or ""), str(self.second.currentData() or "")

    def set_tolerance(self, tolerance_s: float) -> None:
        """How far apart the same event may be; nothing is told."""
        with QSignalBlocker(self.tolerance_field):
            self.tolerance_field.setValue(tolerance_s)

    def tolerance(self) -> float:
        """Seconds."""
        return float(self.tolerance_field.value())

    def set_figures(self, figures: AgreementFigures | None) -> None:
        """Show how far the two agree; None = nothing was computed yet."""
        self.set_busy(busy=False)
        self._figures = figures
        if figures is not None:
            self._by_time.set_figure(figures.kappa_time)
            self._by_events.set_figure(figures.kappa_events)
            self._alpha.set_figure(figures.alpha)
            self._observed.set_figure(figures.observed, share=True, words=self.tr("chance included"))
            first, second = self._title(self.first), self._title(self.second)
            self.matrix.set_matrix(figures.labels, figures.matrix, figures.matrix_unit, first, second)
            self._fit_matrix()
            self._events.setText(self._event_words(figures, first, second))
            self._events.setVisible(bool(self._events.text()))
            self._notes.setText("\n".join(figures.notes))
            self._notes.setVisible(bool(figures.notes))
        self._show_which()

    def set_busy(self, busy: bool) -> None:
        """Whether the figures are being computed; those of before stay, paler."""
        self._line.set_fraction(None if busy else 0.0)
        self._line.setVisible(busy)
        self._body.setEnabled(not busy)

    def set_problem(self, message: str, action: str = "") -> None:
        """Say why nothing can be shown."""
        self._figures = None
        self.set_busy(busy=False)
        self._show_which()
        self._empty.set_content("error", message, action, tone="error")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Four figures beside one another, where there is room."""
        super().resizeEvent(event)
        self._place_figures(4 if event.size().width() >= FOUR_FROM_PX else 2)
        self._fit_matrix()

    # ---- inside ----

    def _fit_matrix(self) -> None:
        """A large matrix scrolls sideways by itself; its height is shown whole."""
        self._wide.setFixedHeight(self.matrix.sizeHint().height() + _SCROLL_PX)

    def _show_cell(self, cell: QRect) -> None:
        self._wide.ensureVisible(cell.center().x(), 0, cell.width(), 0)
        at = self.matrix.mapTo(self._body, cell.center())
        self._area.ensureVisible(0, at.y(), 0, 2 * cell.height())

    def _place_figures(self, columns: int) -> None:
        for at, figure in enumerate((self._by_time, self._by_events, self._alpha, self._observed)):
            self._grid.addWidget(figure, at // columns, at % columns)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _title(self, combo: QComboBox) -> str:
        at = combo.currentIndex()
        if not 0 <= at < len(self._choices):
            return ""
        choice = self._choices[at]
        same = [one for one in self._choices if one.title == choice.title]
        return choice.subtitle if choice.subtitle and len(same) > 1 else choice.title

    def _event_words(self, figures: AgreementFigures, first: str, second: str) -> str:
        if figures.events is None:
            return ""
        pairs, one, other = figures.events
        words = self.tr("{pairs} events of both, {one} of {first} alone, {other} of {second} alone.")
        return words.format(pairs=f"{pairs:,}", one=f"{one:,}", first=first, other=f"{other:,}", second=second)

    def _show_which(self) -> None:
        some = self._figures is not None
        self._area.setVisible(some)
        self._empty.setVisible(not some)
        enough = len(self._choices) >= 2
        for part in (self.first, self.second, self._swap, self.tolerance_field):
            part.setEnabled(enough)
        self._lanes.setEnabled(some)
        if some:
            return
        if enough:
            title, text = self.tr("Choose two lanes"), self.tr("Two coders, or a coder and a pipeline.")
        else:
            title = self.tr("Nothing to compare yet")
            text = self.tr("Two lanes with labels are needed: of two coders, or of a coder and a pipeline.")
        self._empty.set_content("identities", title, text)

    def _on_pair(self) -> None:
        first, second = self.pair()
        if first and second:
            self.pair_chosen.emit(first, second)

    def _on_swap(self) -> None:
        first, second = self.pair()
        self.set_pair(second, first)
        self._on_pair()

    def _connect(self) -> None:
        self.first.currentIndexChanged.connect(lambda _at: self._on_pair())
        self.second.currentIndexChanged.connect(lambda _at: self._on_pair())
        self._swap.clicked.connect(self._on_swap)
        self.tolerance_field.valueChanged.connect(self.tolerance_changed)
        self.matrix.cell_chosen.connect(self.cell_chosen)
        self.matrix.cell_reached.connect(self._show_cell)
        self._lanes.clicked.connect(self.lanes_requested)

    def _build(self) -> None:
        self.first.setAccessibleName(self.tr("First lane"))
        self.second.setAccessibleName(self.tr("Second lane"))
        field = self.tolerance_field
        field.setRange(0.0, MOST_TOLERANCE_S)
        field.setDecimals(2)
        field.setSingleStep(0.1)
        field.setValue(0.5)
        field.setSuffix(self.tr(" s"))
        field.setKeyboardTracking(False)
        field.setFixedWidth(96)
        field.setAccessibleName(self.tr("Tolerance in seconds"))
        field.setToolTip(self.tr("How far apart in time two marks may be and still be the same event"))
        for combo in (self.first, self.second):
            combo.setMinimumWidth(150)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        pair = QHBoxLayout()
        pair.setSpacing(8)
        pair.addWidget(self.first, 1)
        pair.addWidget(self._swap)
        pair.addWidget(self.second, 1)
        options = QHBoxLayout()
        options.setSpacing(8)
        caption = label(self.tr("Tolerance"), "muted")
        caption.setBuddy(field)
        options.addWidget(caption)
        options.addWidget(field)
        options.addStretch(1)
        options.addWidget(self._lanes)
        head = QVBoxLayout()
        head.setContentsMargins(20, 14, 20, 10)
        head.setSpacing(10)
        head.addLayout(pair)
        head.addLayout(options)
        self._body = self._make_body()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._line)
        column.addWidget(self._area, 1)
        column.addWidget(self._empty, 1)
        self._line.hide()
        self.setAccessibleName(self.tr("Agreement"))

    def _make_body(self) -> QWidget:
        body = QWidget()
        body.setProperty("role", "scrolled")
        self._grid = QGridLayout()
        self._grid.setSpacing(10)
        self._place_figures(4)
        self._wide = QScrollArea()
        self._wide.setWidgetResizable(True)
        self._wide.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._wide.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.matrix.setProperty("role", "scrolled")
        self._wide.setWidget(self.matrix)
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 8, 20, 20)
        column.setSpacing(12)
        column.addLayout(self._grid)
        column.addWidget(self._notes)
        column.addWidget(self._events)
        column.addWidget(self._wide)
        column.addStretch(1)
        return body

"""One place in both recordings, shown by everything that has a time; and the finding in hand."""

from PySide6.QtCore import QObject, Signal

from app.desktop.procedures_page.alignment_clock import AlignmentClock
from app.desktop.procedures_page.body import ProceduresBody
from app.desktop.procedures_page.book import Pair
from core.procedures.types import Finding, Role, SearchHit, Stretch

INTO_S = 0.5
"""A stretch is shown from a little after its start: its first frame may still be that of what came before."""


class Pointing(QObject):
    """Connects players, strip, map, steps, findings and score."""

    finding_changed = Signal()

    def __init__(self, body: ProceduresBody, parent: QObject) -> None:
        super().__init__(parent)
        self._body = body
        self._pair = Pair()
        self._finding: str | None = None
        self._shown: tuple[object, ...] = ()
        self._wanted: tuple[Role, float] | None = None
        self._connect()

    # ---- what the page says

    def show_pair(self, pair: Pair) -> None:
        """The recordings and the score of now; the same as before keeps the place."""
        body = self._body
        before, self._pair = self._pair, pair
        body.players.show_pair(pair.gold, pair.trainee)
        score = pair.score
        key = (
            pair.gold.video_id if pair.gold is not None else None,
            pair.trainee.video_id if pair.trainee is not None else None,
            score.score_id if score is not None else None,
        )
        if key != self._shown:
            self._shown = key
            self._finding = None
            self._show_alignment(pair)
        if score is not None:
            body.strip.set_verdicts(score.verdicts)
        if score is None or before.score != score:
            self._show_findings(pair)

    def finding(self) -> Finding | None:
        """The finding in hand."""
        return next((one for one in self.findings() if one.finding_id == self._finding), None)

    def findings(self) -> tuple[Finding, ...]:
        """Those of the score in hand, in the order of the list."""
        return self._pair.score.comparison.findings if self._pair.score is not None else ()

    def go_to_finding(self, direction: int) -> None:
        """The next (1) or previous (-1) finding; past the last one, the first."""
        found = self.findings()
        if not found:
            return
        ids = [one.finding_id for one in found]
        before = -1 if direction > 0 else len(ids)
        at = (ids.index(self._finding) if self._finding in ids else before) + direction
        self.show_finding(ids[at % len(ids)])

    def show_finding(self, finding_id: str) -> None:
        """Point at a finding: in the list, on the strip, in both recordings."""
        found = next((one for one in self.findings() if one.finding_id == finding_id), None)
        if found is None:
            return
        changed, self._finding = finding_id != self._finding, finding_id
        self._body.strip.set_selected(finding_id)
        if self._body.side.findings.selected() != finding_id:
            self._body.side.findings.select(finding_id)
        self._seek_to(found)
        if changed:
            self.finding_changed.emit()

    def show_step(self, index: int) -> None:
        """Point at a gold step."""
        score = self._pair.score
        outcomes = score.comparison.steps if score is not None else ()
        outcome = next((one for one in outcomes if one.gold_step == index), None)
        if outcome is not None:
            self._body.players.seek(_shown_from(outcome.gold), _shown_from(outcome.trainee))
        self._body.steps.select(index)

    def show_hit(self, hit: SearchHit) -> None:
        """Point at something that was found, once its recording is open."""
        self._wanted = (hit.role, hit.start_s)
        self._go_to_wanted()

    # ---- inside

    def _seek_to(self, found: Finding) -> None:
        gold_s, trainee_s = _shown_from(found.gold), _shown_from(found.trainee)
        players = self._body.players
        if gold_s is not None and trainee_s is None:
            players.set_lead(Role.GOLD)
        players.seek(gold_s, trainee_s)

    def _show_alignment(self, pair: Pair) -> None:
        body, score = self._body, pair.score
        gold_s = pair.gold.info.duration_s if pair.gold is not None else 0.0
        trainee_s = pair.trainee.info.duration_s if pair.trainee is not None else 0.0
        if score is None:
            body.strip.clear()
            body.map.clear()
            clock = AlignmentClock(gold_duration_s=gold_s, trainee_duration_s=trainee_s)
            starts = [step.start_s for step in pair.steps.steps] if pair.steps is not None else []
            body.players.set_clock(clock, starts, ())
            return
        comparison = score.comparison
        clock = AlignmentClock(comparison.path, gold_duration_s=gold_s, trainee_duration_s=trainee_s)
        body.players.set_clock(
            clock,
            [one.gold.start_s for one in comparison.steps],
            [one.trainee.start_s for one in comparison.steps if one.trainee is not None],
        )
        body.strip.set_comparison(comparison, gold_s, trainee_s)
        steps = pair.steps.steps if pair.steps is not None else ()
        body.map.set_map(comparison.similarity_map, gold_s, trainee_s, comparison.path, steps, comparison.steps)
        self._on_place(body.players.seconds(Role.GOLD), body.players.seconds(Role.TRAINEE))

    def _show_findings(self, pair: Pair) -> None:
        score = pair.score
        found = score.comparison.findings if score is not None else ()
        names = [one.name for one in score.comparison.steps] if score is not None else []
        self._body.side.findings.set_findings(found, score.verdicts if score is not None else {}, names)
        self._body.side.show_count(len(found))
        if self._finding is not None:
            self._body.side.findings.select(self._finding)

    def _on_place(self, gold_s: float | None, trainee_s: float | None) -> None:
        self._body.strip.set_position(gold_s, trainee_s)
        self._body.map.set_position(gold_s, trainee_s)
        self._body.steps.set_position(gold_s)

    def _on_finding(self, finding_id: str) -> None:
        if finding_id and finding_id != self._finding:
            self.show_finding(finding_id)

    def _on_step_seek(self, gold_s: float, exact: bool) -> None:
        self._body.players.set_lead(Role.GOLD)
        self._body.players.seek(gold_s, None, exact=exact)

    def _go_to_wanted(self) -> None:
        if self._wanted is None:
            return
        role, t_s = self._wanted
        players = self._body.players
        if players.area(role).facts is None:
            return
        self._wanted = None
        players.set_lead(role)
        players.seek(t_s if role is Role.GOLD else None, t_s if role is Role.TRAINEE else None)

    def _connect(self) -> None:
        body = self._body
        body.players.place_changed.connect(self._on_place)
        body.players.available_changed.connect(self._go_to_wanted)
        body.strip.seek_requested.connect(body.players.point)
        body.strip.finding_selected.connect(self._on_finding)
        body.map.seek_requested.connect(body.players.point)
        body.steps.seek_requested.connect(self._on_step_seek)
        body.side.findings.finding_selected.connect(self._on_finding)
        body.side.findings.finding_activated.connect(self.show_finding)
        body.side.score.step_selected.connect(self.show_step)


def _shown_from(stretch: Stretch | None) -> float | None:
    if stretch is None:
        return None
    return stretch.start_s + min(INTO_S, (stretch.end_s - stretch.start_s) / 4)

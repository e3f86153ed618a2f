"""Gold and trainee side by side: one of them plays, the other follows the alignment."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.procedures_page.alignment_clock import AlignmentClock, Place
from app.desktop.procedures_page.screen import Screen
from app.desktop.review.playback import Playback
from app.desktop.review.player_area import PlayerArea
from core.procedures.types import ProcedureVideo, Role
from widgets.flow import Chip
from widgets.transport import TransportBar

MOVED_S = 0.06
FOLLOWED_AGAIN_S = 0.02
"""The follower is asked for another picture only when it would be another one."""


class PairPlayers(QWidget):
    """Two screens and one bar. ``lead`` plays by its own clock; the other shows what corresponds. ``stop`` ends it."""

    place_changed = Signal(object, object)
    """Seconds in the gold and in the trainee's recording; None where nothing is open."""
    lead_changed = Signal()
    available_changed = Signal()
    failed = Signal(object)
    """The exception that kept a film from being opened or played."""
    relink_requested = Signal(object)
    """ProcedureVideo whose file is not where it was."""

    def __init__(self, gold: Playback | None = None, trainee: Playback | None = None) -> None:
        super().__init__()
        self.screens = {
            Role.GOLD: Screen(Role.GOLD, gold or Playback()),
            Role.TRAINEE: Screen(Role.TRAINEE, trainee or Playback()),
        }
        self.bar = TransportBar()
        self.bar.set_jump_words(self.tr("Previous step"), self.tr("Next step"))
        self._lead = Role.GOLD
        self._clock = AlignmentClock()
        self._asked_s: float | None = None
        self._jumps: dict[Role, tuple[float, ...]] = {Role.GOLD: (), Role.TRAINEE: ()}
        self._leads = {Role.GOLD: Chip(self.tr("Play the gold")), Role.TRAINEE: Chip(self.tr("Play the trainee's"))}
        self._build()
        self._connect()
        self._show_lead()

    # ---- what the page says

    @property
    def lead(self) -> Role:
        """Whose clock is played."""
        return self._lead

    @property
    def leader(self) -> PlayerArea:
        """The player that plays."""
        return self.screens[self._lead].area

    def area(self, role: Role) -> PlayerArea:
        """The player of a side."""
        return self.screens[role].area

    def seconds(self, role: Role) -> float | None:
        """The second on screen."""
        area = self.screens[role].area
        return area.t_s if area.shown is not None else None

    def has_film(self) -> bool:
        """Whether the one that plays is there."""
        return self.leader.facts is not None

    def show_pair(self, gold: ProcedureVideo | None, trainee: ProcedureVideo | None) -> None:
        """Open these; what is open already stays where it is."""
        self.screens[Role.GOLD].show_video(gold)
        self.screens[Role.TRAINEE].show_video(trainee)
        if self._lead is Role.TRAINEE and trainee is None:
            self.set_lead(Role.GOLD)
        self._show_bar()

    def set_clock(self, clock: AlignmentClock, gold_jumps: Sequence[float], trainee_jumps: Sequence[float]) -> None:
        """The alignment from now on, and where the steps begin on either side."""
        self._clock = clock
        self._jumps = {Role.GOLD: tuple(sorted(gold_jumps)), Role.TRAINEE: tuple(sorted(trainee_jumps))}
        self._asked_s = None
        self._follow()

    def set_lead(self, lead: Role) -> None:
        """Play this one; the other follows."""
        if lead is self._lead:
            self._show_lead()
            return
        playing, speed = self.leader.playback.is_playing, self.leader.playback.usual_speed
        self.leader.playback.pause()
        self._lead, self._asked_s = lead, None
        self.leader.playback.set_speed(speed)
        self._show_lead()
        self._show_bar()
        self._follow()
        if playing:
            self.leader.playback.play(speed)
        self.lead_changed.emit()

    def swap_lead(self) -> None:
        """Play the other one."""
        other = Role.TRAINEE if self._lead is Role.GOLD else Role.GOLD
        if self.screens[other].video is not None:
            self.set_lead(other)

    def seek(self, gold_s: float | None, trainee_s: float | None, *, exact: bool = True) -> None:
        """Show a place given on either side, or on both; a place that only one side has is played by that side."""
        wanted = {Role.GOLD: gold_s, Role.TRAINEE: trainee_s}
        if wanted[self._lead] is None:
            other = Role.TRAINEE if self._lead is Role.GOLD else Role.GOLD
            if wanted[other] is None or self.screens[other].video is None:
                return
            self.set_lead(other)
        t_s = wanted[self._lead]
        if t_s is not None:
            self.leader.seek(t_s, exact=exact)

    def point(self, gold_s: float, trainee_s: float) -> None:
        """Show a place of both, as it was pointed at; where only the follower's moves, that one leads from now on."""
        wanted = {Role.GOLD: gold_s, Role.TRAINEE: trainee_s}
        other = Role.TRAINEE if self._lead is Role.GOLD else Role.GOLD
        moves = {role: abs((self.seconds(role) or 0.0) - t_s) > MOVED_S for role, t_s in wanted.items()}
        if moves[other] and not moves[self._lead] and self.screens[other].video is not None:
            self.set_lead(other)
        self.leader.seek(wanted[self._lead])

    def step_moment(self, direction: int) -> None:
        """The next or previous matched moment; where nothing is aligned, the next picture."""
        target = self._clock.moment_from(self._lead, self.leader.t_s, direction)
        if target is None:
            self.leader.playback.step(direction)
        else:
            self.leader.playback.pause()
            self.leader.seek(target)

    def jump_step(self, direction: int) -> None:
        """To where the next or the previous step begins."""
        now_s, jumps = self.leader.t_s, self._jumps[self._lead]
        facts = self.leader.facts
        if facts is None:
            return
        if direction > 0:
            self.leader.seek(next((t_s for t_s in jumps if t_s > now_s + 0.05), facts.end_s))
        else:
            self.leader.seek(next((t_s for t_s in reversed(jumps) if t_s < now_s - 0.05), facts.start_s))

    def toggle(self) -> None:
        """Play at the usual speed, or pause."""
        self.leader.playback.toggle()

    def shuttle(self, direction: int) -> None:
        """L and J: forwards (1) or backwards (-1); again: faster."""
        self.leader.playback.shuttle(direction)

    def skip(self, seconds: float) -> None:
        """Go on by seconds of the one that plays."""
        self.leader.skip(seconds)

    def seek_leader(self, t_s: float) -> None:
        """Show a second of the one that plays."""
        self.leader.seek(t_s)

    def pause(self) -> None:
        """Nothing plays unseen."""
        self.leader.playback.pause()

    def stop(self) -> None:
        """End the threads of both players."""
        for screen in self.screens.values():
            screen.area.stop()

    # ---- inside

    def _on_frame(self, role: Role) -> None:
        if role is self._lead:
            area = self.leader
            self.bar.set_position(area.t_s, area.frame)
            self._follow()
        self.place_changed.emit(self.seconds(Role.GOLD), self.seconds(Role.TRAINEE))

    def _follow(self) -> None:
        follower = self.screens[Role.TRAINEE if self._lead is Role.GOLD else Role.GOLD]
        leading = self.screens[self._lead]
        leading.say_match("")
        if self.leader.shown is None or follower.area.facts is None:
            follower.say_match("")
            return
        place = self._clock.other(self._lead, self.leader.t_s)
        follower.say_match(self._waiting_words(place))
        if self._asked_s is None or abs(place.t_s - self._asked_s) > FOLLOWED_AGAIN_S:
            self._asked_s = place.t_s
            follower.area.seek(place.t_s)

    def _waiting_words(self, place: Place) -> str:
        if place.matched or not self._clock.aligned:
            return ""
        return self.tr("Not done here") if self._lead is Role.GOLD else self.tr("Not in the gold")

    def _on_opened(self, role: Role) -> None:
        self._asked_s = None
        if role is self._lead:
            self._show_bar()
        self.available_changed.emit()

    def _on_playing(self, role: Role, playing: bool) -> None:
        if role is self._lead:
            self.bar.set_playing(playing)
            playback = self.leader.playback
            self.bar.set_speed(playback.speed if playing else playback.usual_speed)

    def _on_failed(self, role: Role, error: Exception) -> None:
        self.screens[role].show_failure(error)
        self.available_changed.emit()
        self.failed.emit(error)

    def _on_picture_clicked(self, role: Role) -> None:
        """A click plays or stops, as everywhere; the picture that is clicked leads."""
        self.set_lead(role)
        self.leader.playback.toggle()

    def _on_speed(self, speed: float) -> None:
        self.leader.playback.set_speed(speed)
        self.bar.set_speed(speed)

    def _on_volume(self, level: float) -> None:
        self.bar.set_volume(level)
        self._mute(False)
        for screen in self.screens.values():
            screen.area.playback.set_volume(level)

    def _mute(self, muted: bool) -> None:
        self.bar.set_muted(muted)
        for screen in self.screens.values():
            if screen.area.muted != muted:
                screen.area.toggle_mute()

    def _show_bar(self) -> None:
        facts = self.leader.facts
        self.bar.set_available(facts is not None)
        self.bar.set_duration(facts.end_s if facts is not None else 0.0, facts.frame_count if facts is not None else 0)
        self.bar.set_audio_state("ready" if facts is None or facts.has_sound else "no_audio")
        self.bar.set_position(self.leader.t_s, self.leader.frame)
        self.bar.set_playing(self.leader.playback.is_playing)

    def _show_lead(self) -> None:
        for role, chip in self._leads.items():
            chip.setChecked(role is self._lead)

    def _build(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(2)
        for screen in self.screens.values():
            pictures.addWidget(screen, 1)
        chips = QHBoxLayout()
        chips.setContentsMargins(10, 4, 10, 0)
        chips.setSpacing(6)
        self._group = QButtonGroup(self)
        tips = {
            Role.GOLD: self.tr("The gold recording plays at its own pace; the trainee's shows the same moment"),
            Role.TRAINEE: self.tr("The trainee's recording plays at its own pace; the gold shows the same moment"),
        }
        for role, chip in self._leads.items():
            chip.setToolTip(tips[role])
            self._group.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        self.bar.set_compact(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(pictures, 1)
        column.addLayout(chips)
        column.addWidget(self.bar)

    def _connect(self) -> None:
        for role, screen in self.screens.items():
            area = screen.area
            area.place_changed.connect(lambda _t_s, _frame, role=role: self._on_frame(role))
            area.film_opened.connect(lambda _facts, role=role: self._on_opened(role))
            area.playing_changed.connect(lambda playing, role=role: self._on_playing(role, playing))
            area.film_failed.connect(lambda error, role=role: self._on_failed(role, error))
            area.relink_requested.connect(lambda screen=screen: self.relink_requested.emit(screen.video))
            area.view.picture_clicked.disconnect(area.playback.toggle)
            area.view.picture_clicked.connect(lambda role=role: self._on_picture_clicked(role))
            self._leads[role].clicked.connect(lambda _on=False, role=role: self.set_lead(role))
        self.bar.play_pause_requested.connect(self.toggle)
        self.bar.step_requested.connect(self.step_moment)
        self.bar.cut_requested.connect(self.jump_step)
        self.bar.seek_requested.connect(self.seek_leader)
        self.bar.speed_requested.connect(self._on_speed)
        self.bar.volume_requested.connect(self._on_volume)
        self.bar.mute_requested.connect(self._mute)

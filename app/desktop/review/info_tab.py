"""What is known of the episode: the file, its pictures and sound, and when each stage ran."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.desktop.review.open_episode import OpenEpisode
from app.desktop.review.stage_words import stage_title
from core.media.types import MediaInfo
from widgets.flow import ElidedLabel, label, push_button, separator
from widgets.time_text import format_size, format_time


class InfoTab(QScrollArea):
    """Rows of facts that can be selected and copied."""

    show_file_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_episode(self, episode: OpenEpisode, info: MediaInfo) -> None:
        """Show an episode's facts."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        self._add_section(column, self.tr("Video"), self._video_rows(episode, info))
        # a path has no spaces to break at: it is shortened in the middle, where it tells least
        column.addWidget(ElidedLabel(str(episode.review.media_path), "small", mode=Qt.TextElideMode.ElideMiddle))
        open_folder = push_button(self.tr("Show in folder"), "folder", "quiet", small=True)
        open_folder.clicked.connect(self.show_file_requested)
        row = QHBoxLayout()
        row.addWidget(open_folder)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(separator())
        self._add_section(column, self.tr("Sound"), self._sound_rows(info))
        column.addWidget(separator())
        self._add_section(column, self.tr("Analysis"), self._stage_rows(episode))
        column.addStretch(1)
        self.setWidget(inside)

    def _add_section(self, column: QVBoxLayout, title: str, rows: list[tuple[str, str]]) -> None:
        column.addWidget(label(title, "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(rows):
            grid.addWidget(label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_value(value, name), row, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(grid)

    def _video_rows(self, episode: OpenEpisode, info: MediaInfo) -> list[tuple[str, str]]:
        review = episode.review
        rate = self.tr("{rate:.3f} frames/s on average").format(rate=info.average_fps)
        rows = [
            (self.tr("Size"), format_size(info.size_bytes)),
            (self.tr("Length"), format_time(review.duration_s)),
            (self.tr("Picture"), f"{info.width_px} × {info.height_px}"),
            (self.tr("Format"), f"{_container(review.media_path, info)}, {info.codec}"),
            (self.tr("Rate"), self.tr("{rate}, variable").format(rate=rate) if info.variable_rate else rate),
        ]
        if review.frame_count:
            rows.append((self.tr("Frames"), f"{review.frame_count:,}"))
        if info.rotation_deg:
            rows.append((self.tr("Turned by"), f"{info.rotation_deg}°"))
        return rows + [(self.tr("Note"), warning) for warning in info.warnings]

    def _sound_rows(self, info: MediaInfo) -> list[tuple[str, str]]:
        if not info.audio:
            return [(self.tr("Streams"), self.tr("none: this video is silent"))]
        return [
            (
                stream.language
                if stream.language not in {"", "und"}
                else self.tr("Stream {number}").format(number=number),
                self.tr("{codec}, {rate} Hz, {channels}").format(
                    codec=stream.codec, rate=f"{stream.sample_rate_hz:,}", channels=self._channels(stream.channels)
                ),
            )
            for number, stream in enumerate(info.audio, start=1)
        ]

    def _channels(self, count: int) -> str:
        names = {1: self.tr("mono"), 2: self.tr("stereo")}
        return names.get(count, self.tr("{count} channels").format(count=count))

    def _stage_rows(self, episode: OpenEpisode) -> list[tuple[str, str]]:
        states = {
            "missing": self.tr("not yet"),
            "current": self.tr("up to date"),
            "stale": self.tr("out of date"),
        }
        return [
            (
                stage_title(stage.stage),
                "\n".join(
                    part for part in (states.get(stage.state, stage.state), _day_and_time(stage.created_at)) if part
                ),
            )
            for stage in episode.review.stages
        ]


def _value(text: str, name: str) -> QLabel:
    shown = label(text, "body", wrap=True)
    shown.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    shown.setAccessibleName(f"{name}: {text}")
    return shown


def _container(path: Path, info: MediaInfo) -> str:
    """FFmpeg names a family (``mov,mp4,m4a``); the file's own ending says which one it is."""
    family = info.container.split(",")
    ending = path.suffix.removeprefix(".").lower()
    return ending if ending in family else family[0]


def _day_and_time(created_at: str | None) -> str:
    return (created_at or "").replace("T", " ")[:16]

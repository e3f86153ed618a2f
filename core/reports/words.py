"""Numbers and times as words of a report."""

from datetime import datetime

from core.library.types import Episode
from core.screen_time.tables import clock_text


def length_words(t_s: float) -> str:
    """``20.0 s``, ``4 min 05 s``, ``1 h 02 min``: a length to be grasped at once."""
    if t_s < 59.95:
        return f"{t_s:.1f} s"
    seconds = round(t_s)
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    minutes = round(t_s / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def share_words(share: float) -> str:
    """``31.6 %``; what is there but rounds to nothing is said to be little."""
    return "< 0.1 %" if 0 < share < 0.0005 else f"{share * 100:.1f} %"


def count_words(count: int, one: str, many: str = "") -> str:
    """``1 person``, ``1,204 people``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def axis_words(t_s: float, step_s: float) -> str:
    """A mark of a time axis: no finer than its steps."""
    text = clock_text(t_s).split(".")[0] if step_s >= 1 else clock_text(t_s)[:-2]
    return text if t_s >= 3600 or step_s >= 600 else text.removeprefix("0:").removeprefix("0")


def moment_words(iso: str) -> str:
    """A stored moment to the minute, UTC."""
    return day_words(datetime.fromisoformat(iso))


def stamp_words(iso: str) -> str:
    """``2026-11-21 10:15``: a stored moment in a column."""
    return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M}"


def day_words(moment: datetime) -> str:
    """``21 November 2026, 10:04 UTC``."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


def place_words(episode: Episode) -> str:
    """Show, season, episode and air date, as far as they are known."""
    parts = [episode.show_slug or ""]
    if episode.season is not None:
        parts.append(f"Season {episode.season}")
    if episode.episode is not None:
        parts.append(f"Episode {episode.episode}")
    parts.append(episode.air_date or "")
    return "  ·  ".join(part for part in parts if part)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

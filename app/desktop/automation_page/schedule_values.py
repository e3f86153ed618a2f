"""A schedule between the settings that are kept and what the field shows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.desktop.automation_page.keys import Key
from app.desktop.automation_page.values import as_bool, as_number, bool_text
from widgets.schedule_field import ScheduleChoice

DAY_MINUTES = 24 * 60


def choice_of(values: Mapping[str, str]) -> ScheduleChoice:
    """What the settings mean; a cron expression of one time a day is shown as such."""
    cron = values.get(Key.SCHEDULE_CRON, "").strip()
    minutes = round(as_number(values, Key.SCHEDULE_MINUTES, 360))
    base = ScheduleChoice(minutes=max(1, minutes), cron=cron or ScheduleChoice().cron)
    at = daily_time(cron)
    if not as_bool(values, Key.SCHEDULE_ON):
        return ScheduleChoice("off", base.minutes, at or base.at, base.cron)
    if at:
        return ScheduleChoice("daily", base.minutes, at, base.cron)
    return ScheduleChoice("cron" if cron else "interval", base.minutes, base.at, base.cron)


def values_of(choice: ScheduleChoice) -> dict[str, str]:
    """The settings of a choice; what is off keeps its time for when it is turned on again."""
    if choice.kind == "off":
        return {Key.SCHEDULE_ON: bool_text(False)}
    return {
        Key.SCHEDULE_ON: bool_text(True),
        Key.SCHEDULE_MINUTES: str(choice.minutes),
        Key.SCHEDULE_CRON: "" if choice.kind == "interval" else cron_of(choice),
    }


def cron_of(choice: ScheduleChoice) -> str:
    """The cron expression of a daily or a cron choice."""
    if choice.kind != "daily":
        return choice.cron
    hour, minute = choice.at.split(":")
    return f"{int(minute)} {int(hour)} * * *"


def coming_times(choice: ScheduleChoice, count: int) -> list[datetime]:
    """When it would happen next. Raises InvalidRequest for an expression that is none."""
    from core.scanning.schedule import next_time

    found, moment = [], datetime.now(UTC)
    for _ in range(count):
        if choice.kind == "interval":
            moment += timedelta(minutes=choice.minutes)
        else:
            moment = next_time(cron_of(choice), moment)
        found.append(moment)
    return found


def daily_time(cron: str) -> str:
    """``HH:MM`` of an expression of one time a day, else ""."""
    parts = cron.split()
    if len(parts) != 5 or parts[2:] != ["*", "*", "*"] or not (parts[0].isdigit() and parts[1].isdigit()):
        return ""
    minute, hour = int(parts[0]), int(parts[1])
    return f"{hour:02}:{minute:02}" if minute < 60 and hour < 24 else ""

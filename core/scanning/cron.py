"""Times of a schedule: cron expressions and intervals, in the zone of this computer."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from cronsim import CronSim, CronSimError

from core.errors import InvalidRequest

MOST_INTERVAL_MINUTES = 366 * 24 * 60
_FIELDS = 5


class SystemZone(tzinfo):
    """The zone that this computer is set to, with its summer time: the system is asked for every single time."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """As the system says."""
        return dt.replace(tzinfo=None).astimezone().utcoffset() if dt is not None else None

    def dst(self, dt: datetime | None) -> timedelta | None:  # noqa: ARG002 - the parameter is datetime's
        """Not told: it is part of the offset."""
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        """As the system calls it."""
        return dt.replace(tzinfo=None).astimezone().tzname() if dt is not None else None

    def fromutc(self, dt: datetime) -> datetime:
        """Local time of a UTC time; ``fold`` tells the two hours apart when clocks go back."""
        return datetime.fromtimestamp(dt.replace(tzinfo=UTC).timestamp()).replace(tzinfo=self)  # noqa: DTZ006


class Plan(Protocol):
    """When to scan."""

    @property
    def words(self) -> str:
        """For people: ``every 360 minutes``, ``0 2 * * *``."""

    def next_after(self, after: datetime) -> datetime:
        """The first time after ``after``; both in UTC."""


class CronPlan:
    """A cron expression with five fields, in local time.

    Debian cron's rules hold when clocks change: what falls into the hour that is left out comes right after it, what
    falls into the hour that comes twice runs once (cronsim).
    """

    def __init__(self, expression: str, zone: tzinfo | None = None) -> None:
        """Raises InvalidRequest for an expression that is none, or names a time that never comes."""
        self.words = " ".join(expression.split())
        self._zone = zone or SystemZone()
        self.next_after(datetime.now(UTC))

    def next_after(self, after: datetime) -> datetime:
        """The first time after ``after``, in UTC. Raises InvalidRequest."""
        action = "Write five fields: minute, hour, day, month, weekday; 0 2 * * * is every night at two."
        if len(self.words.split()) != _FIELDS:
            raise InvalidRequest(f"“{self.words[:100]}” is no schedule: it has not five fields.", action=action)
        try:
            found = next(CronSim(self.words, after.astimezone(self._zone)))
        except CronSimError as error:
            raise InvalidRequest(f"“{self.words[:100]}” is no schedule: {error}.", action=action) from error
        except StopIteration as error:
            raise InvalidRequest(f"“{self.words[:100]}” names a time that never comes.", action=action) from error
        return found.astimezone(UTC)


class IntervalPlan:
    """Every so many minutes, counted from when it was started or last ran."""

    def __init__(self, minutes: int) -> None:
        """Raises InvalidRequest for less than a minute or more than a year."""
        if isinstance(minutes, bool) or not 1 <= minutes <= MOST_INTERVAL_MINUTES:
            raise InvalidRequest(
                f"A scan every {minutes} minutes cannot be.", action=f"Choose 1 to {MOST_INTERVAL_MINUTES} minutes."
            )
        self._minutes = minutes
        self.words = "every minute" if minutes == 1 else f"every {minutes} minutes"

    def next_after(self, after: datetime) -> datetime:
        """So many minutes later."""
        return after + timedelta(minutes=self._minutes)


def next_time(expression: str, after: datetime | None = None, zone: tzinfo | None = None) -> datetime:
    """When a cron expression comes next, in UTC; ``after`` None = now. Raises InvalidRequest."""
    return CronPlan(expression, zone).next_after(after or datetime.now(UTC))

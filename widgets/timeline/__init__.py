"""The timeline: one canvas with ruler, thumbnails, shots, sound and a lane for each identity."""

from widgets.timeline.lanes import UNASSIGNED, Lane, lanes_of
from widgets.timeline.time_axis import TimeAxis
from widgets.timeline.timeline import Timeline

__all__ = ["UNASSIGNED", "Lane", "TimeAxis", "Timeline", "lanes_of"]

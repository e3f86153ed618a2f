"""The parts of an episode's report in their order."""

from typing import IO

from reportlab.platypus.flowables import Flowable, PageBreak

from core.reports import pages
from core.reports.corrections import corrections_part
from core.reports.cover import Cover
from core.reports.facts import facts_part
from core.reports.metrics import metrics_part
from core.reports.people import people_part, together_part
from core.reports.shots import shots_part
from core.reports.source import ReportSource
from core.reports.timeline import timeline_part

_PARTS = (people_part, timeline_part, together_part, shots_part, metrics_part, corrections_part, facts_part)


def build(source: ReportSource, file: IO[bytes]) -> None:
    """Set all pages and write the file; ``source.check`` is called on every page."""
    episode = source.episode
    facts = pages.PageFacts(
        title=f"{episode.title}: screen time",
        subject=f"Screen time report of {episode.ep_id}",
        heading=episode.title,
        kind="Screen time report",
        program=source.program,
        check=source.check,
    )
    story: list[Flowable] = [Cover(source), PageBreak()]
    for part in _PARTS:
        source.check()
        story += pages.part(part(source))
    pages.build(facts, story, file)

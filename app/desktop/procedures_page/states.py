"""Why the pair in hand has no score, and the one thing to do about it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.procedures_page.book import PageView, Pair, Work
from app.desktop.procedures_page.words import failed_words, job_line, models_missing
from core.jobs.types import Job
from core.procedures.types import ProcedureVideo, Role

if TYPE_CHECKING:
    from app.desktop.procedures_page.commands import ProcedureCommands
    from app.desktop.procedures_page.score_tab import ScoreTab


def _tr(text: str) -> str:
    return QCoreApplication.translate("procedures", text)


def show_score(tab: "ScoreTab", view: PageView, work: Work, commands: "ProcedureCommands") -> None:
    """The score, or what has to happen before there is one."""
    pair, book = view.pair, view.book
    if book is None:
        return
    if pair.score is not None:
        tab.show_pair(pair, book.task.settings, busy=_scoring(pair, work) is not None)
    elif pair.gold is None:
        tab.say(
            "procedures",
            _tr("1. Add the gold recording"),
            _tr("The recording that shows the procedure as it should be. Its steps are proposed; you correct them."),
            (_tr("Add the gold recording…"), "add", lambda: commands.add_videos(Role.GOLD)),
        )
    elif pair.trainee is None:
        tab.say(
            "person",
            _tr("2. Add a trainee's attempt"),
            _tr("Drop a recording anywhere on this page. It is compared with the gold recording, step by step."),
            (_tr("Add an attempt…"), "add", lambda: commands.add_videos(Role.TRAINEE)),
        )
    elif not pair.measured:
        _say_not_measured(tab, pair, work, commands)
    elif pair.unlike:
        _say_unlike(tab, pair, work, commands)
    else:
        _say_not_scored(tab, pair, work, commands)


def _say_not_measured(tab: "ScoreTab", pair: Pair, work: Work, commands: "ProcedureCommands") -> None:
    waiting = [one for one in (pair.gold, pair.trainee) if one is not None and one.embedding_id is None]
    failed = next((work.not_measured[one.video_id] for one in waiting if one.video_id in work.not_measured), None)
    measuring = next((work.measuring[one.video_id] for one in waiting if one.video_id in work.measuring), None)
    if failed is not None and measuring is None:
        title = _tr("A recording could not be measured")
        again = _tr("Fetch the model…") if models_missing(failed) else _tr("Measure again")
        icon = "download" if models_missing(failed) else "retry"
        tab.say("error", title, failed_words(failed), (again, icon, lambda: commands.measure(waiting)))
    elif measuring is not None:
        words, _fraction = job_line(measuring)
        text = _tr("{job}. You can go on meanwhile.").format(job=words)
        tab.say("clock", _tr("The recordings are being measured"), text)
    else:
        tab.say(
            "waveform",
            _tr("Not measured yet"),
            _tr("{names} must be measured before anything can be compared.").format(names=_names(waiting)),
            (_tr("Measure"), "play", lambda: commands.measure(waiting)),
        )


def _say_unlike(tab: "ScoreTab", pair: Pair, work: Work, commands: "ProcedureCommands") -> None:
    both = [one for one in (pair.gold, pair.trainee) if one is not None]
    if any(one.video_id in work.measuring for one in both):
        tab.say("clock", _tr("The recordings are being measured"), "")
        return
    tab.say(
        "warning",
        _tr("Measured in different ways"),
        _tr("{gold} and {trainee} saw these recordings; what different encoders see is never compared.").format(
            gold=both[0].embedding_model, trainee=both[1].embedding_model
        ),
        (_tr("Measure both again"), "retry", lambda: commands.measure(both)),
    )


def _say_not_scored(tab: "ScoreTab", pair: Pair, work: Work, commands: "ProcedureCommands") -> None:
    scoring = _scoring(pair, work)
    failed = work.not_scored.get(_key(pair))
    if scoring is not None:
        words, _fraction = job_line(scoring)
        tab.say("clock", _tr("The recordings are being compared"), words)
    elif failed is not None:
        tab.say(
            "error",
            _tr("The comparison failed"),
            failed_words(failed),
            (_tr("Try again"), "retry", commands.score),
        )
    else:
        tab.say(
            "check-circle",
            _tr("3. Score this attempt"),
            _tr("Every gold step is looked for in the attempt; what is missing, swapped, slow or different is named."),
            (_tr("Score this attempt"), "procedures", commands.score),
        )


def _scoring(pair: Pair, work: Work) -> Job | None:
    return work.scoring.get(_key(pair))


def _key(pair: Pair) -> tuple[int, int]:
    return (
        pair.gold.video_id if pair.gold is not None else -1,
        pair.trainee.video_id if pair.trainee is not None else -1,
    )


def _names(videos: list[ProcedureVideo]) -> str:
    return ", ".join(f"“{one.title}”" for one in videos)

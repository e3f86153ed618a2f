"""What the Identities page says while there is no board to show."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.desktop.identities_page.board_data import BoardData


@dataclass(frozen=True, slots=True)
class State:
    """Words and the one thing to do: ``button`` with what it does: library, review, analyse; "" = nothing."""

    title: str
    text: str
    button: str = ""
    does: str = ""


def no_episode(any_there: bool) -> State:
    """No episode is in hand."""
    tr = QCoreApplication.translate
    library = tr("board_states", "Go to the library")
    if any_there:
        return State(
            tr("board_states", "Choose an episode"),
            tr("board_states", "Its people are put right here: named, merged, split and locked."),
            library,
            "library",
        )
    return State(
        tr("board_states", "No episode yet"),
        tr("board_states", "Add a video to the library and analyse it; then its people are put right here."),
        library,
        "library",
    )


def nobody(data: BoardData, *, busy: bool) -> State:
    """An episode in which there is nobody, or nobody yet."""
    tr = QCoreApplication.translate
    if busy:
        return State(
            tr("board_states", "The analysis is running"),
            tr("board_states", "The people it finds appear here. You can watch the video meanwhile."),
            tr("board_states", "Show in Review"),
            "review",
        )
    if not data.clustered:
        return State(
            tr("board_states", "Not analysed yet"),
            tr("board_states", "The analysis finds every face, and who is the same person."),
            tr("board_states", "Analyse"),
            "analyse",
        )
    return State(
        tr("board_states", "Nobody was found"),
        tr("board_states", "No face is large enough on screen. A more exact profile finds smaller faces."),
        tr("board_states", "Analyse again"),
        "analyse",
    )

"""The small parts that pages are made of."""

from widgets.flow.buttons import Chip, IconButton, push_button
from widgets.flow.cards import Card, EmptyState, separator
from widgets.flow.chip_flow import ChipFlow
from widgets.flow.labels import Badge, ElidedLabel, label
from widgets.flow.notices import NoticeBar, NoticeButtonLike, NoticeLike, NoticePanel
from widgets.flow.progress_line import ProgressLine
from widgets.flow.search_field import SearchField

__all__ = [
    "Badge",
    "Card",
    "Chip",
    "ChipFlow",
    "ElidedLabel",
    "EmptyState",
    "IconButton",
    "NoticeBar",
    "NoticeButtonLike",
    "NoticeLike",
    "NoticePanel",
    "ProgressLine",
    "SearchField",
    "label",
    "push_button",
    "separator",
]

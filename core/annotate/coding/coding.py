"""What people mark themselves in videos: the one service through which the desktop and commands edit own tiers."""

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import TypeVar

from core.annotate.coding import edit_log, mark_edits, reading, tier_copies, tier_edits
from core.annotate.coding.draft import CodingDraft
from core.annotate.coding.edit_log import Applied
from core.annotate.coding.types import CodingEdit
from core.annotate.types import Document, OwnMark, OwnTier, Tier, TierKind
from core.jobs.events import AnnotationChanged, EventBus
from core.library.paths import LibraryPaths
from core.library.store import Store

T = TypeVar("T")


class Coding:
    """Every edit is one transaction with its undo record and one undo step of its video; then one AnnotationChanged
    (``what`` "tier") is told for each tier that it changed. What changes nothing makes no step. Any thread may call.

    Rules that every edit keeps: marks lie inside the video (what is drawn over its edge is cut there); an interval has
    at least SHORTEST_S; intervals of one tier never overlap. **Neighbours give way**: a mark that is drawn, moved or
    stretched over others cuts them back, removes what it covers whole, and cuts in two what contains it. Undo brings
    all of it back, under the same mark ids.

    All raise NotFound (a tier, mark or video that is not there, or not any more) and InvalidRequest (values that
    cannot be); then nothing was changed. ``actor`` as in core.procedures: ``desktop``, ``command line``, ``key:<id>``.
    """

    def __init__(self, store: Store, paths: LibraryPaths, events: EventBus) -> None:
        self._store = store
        self._root = paths.root
        self._events = events
        # changes are told in the order in which they were made: views that hear them the other way round show the past
        self._in_order = threading.RLock()

    # ------------------------------------------------------------------ reading

    def tiers(self, media_id: int) -> list[OwnTier]:
        """The own tiers of a video, from top to bottom."""
        return reading.read_tiers(self._store.read(), media_id)

    def tier(self, tier_id: int) -> OwnTier:
        """One tier. Raises NotFound."""
        return reading.read_tier(self._store.read(), tier_id)

    def marks(self, tier_id: int) -> tuple[OwnMark, ...]:
        """The marks of a tier, by time. Raises NotFound."""
        with self._store.snapshot() as connection:
            reading.read_tier(connection, tier_id)
            return reading.read_marks(connection, tier_id)

    def mark(self, mark_id: int) -> OwnMark:
        """One mark. Raises NotFound."""
        return reading.read_mark(self._store.read(), mark_id)

    def document(self, media_id: int, tier_ids: Collection[int] | None = None) -> Document:
        """Own tiers as a document, for agreement, measures and exports; None = all of the video, in their order.

        Tiers of the same name get their coder's name behind it. A comment is the mark's attribute ``comment``.
        """
        with self._store.snapshot() as connection:
            return reading.read_document(connection, self._root, media_id, tier_ids)

    # ------------------------------------------------------------------ tiers

    def add_tier(
        self,
        media_id: int,
        name: str,
        kind: TierKind | str,
        *,
        coder: str,
        vocabulary: Sequence[str] = (),
        actor: str = "desktop",
    ) -> OwnTier:
        """A new tier of intervals or points below the others. Raises Conflict when the coder has one so named."""
        edit = partial(tier_edits.add_tier, name=name, kind=kind, coder=coder, vocabulary=vocabulary)
        return self._edit(media_id, edit, actor)

    def rename_tier(self, tier_id: int, name: str, *, actor: str = "desktop") -> OwnTier:
        """Give another name. Raises Conflict when the coder has a tier so named."""
        return self._edit_tier(tier_id, partial(tier_edits.rename_tier, tier_id=tier_id, name=name), actor)

    def set_coder(self, tier_id: int, coder: str, *, actor: str = "desktop") -> OwnTier:
        """Say who marks it. Raises Conflict when that coder has a tier so named."""
        return self._edit_tier(tier_id, partial(tier_edits.set_coder, tier_id=tier_id, coder=coder), actor)

    def set_vocabulary(self, tier_id: int, vocabulary: Sequence[str], *, actor: str = "desktop") -> OwnTier:
        """The labels that are meant to be used, () = any; marks with others keep them."""
        edit = partial(tier_edits.set_vocabulary, tier_id=tier_id, vocabulary=vocabulary)
        return self._edit_tier(tier_id, edit, actor)

    def move_tier(self, tier_id: int, position: int, *, actor: str = "desktop") -> OwnTier:
        """Put a tier at a place among the video's, counted from 0; beyond the last is the last."""
        return self._edit_tier(tier_id, partial(tier_edits.move_tier, tier_id=tier_id, position=position), actor)

    def delete_tier(self, tier_id: int, *, actor: str = "desktop") -> None:
        """Take a tier with its marks away; undo brings it back."""
        self._edit_tier(tier_id, partial(tier_edits.delete_tier, tier_id=tier_id), actor)

    def copy_tier(self, media_id: int, tier: Tier, *, coder: str, origin: str = "", actor: str = "desktop") -> OwnTier:
        """An own tier with the marks of another, to be corrected; the first one where :meth:`import_tiers` makes more
        of it, which are all one step.
        """
        return self.import_tiers(media_id, (tier,), coder=coder, origin=origin, actor=actor)[0]

    def import_tiers(
        self, media_id: int, tiers: Sequence[Tier], *, coder: str = "", origin: str = "", actor: str = "desktop"
    ) -> list[OwnTier]:
        """Own tiers out of tiers of a file or of pipelines, as one step, in their order below the others.

        ``coder`` "" = the one that each tier names. Intervals that overlap become a tier for each label
        (``speakers: Ann``) when there are few labels, else as few tiers as hold them. Boxes become intervals of when
        each track, by its name, is in the picture. A name that the coder has already gets a number. Raises
        InvalidRequest for a series, and when marks lie outside the video, naming them.
        """
        edit = partial(tier_copies.import_tiers, tiers=tiers, coder=coder, origin=origin)
        return self._edit(media_id, edit, actor)

    # ------------------------------------------------------------------ marks

    def add_mark(self, tier_id: int, start_s: float, end_s: float, label: str = "") -> OwnMark:
        """Draw a mark; times in either order. In a tier of points it lies at ``start_s``."""
        edit = partial(mark_edits.add_mark, tier_id=tier_id, start_s=start_s, end_s=end_s, label=label)
        return self._edit_tier(tier_id, edit)

    def change_mark(
        self,
        mark_id: int,
        *,
        start_s: float | None = None,
        end_s: float | None = None,
        label: str | None = None,
        comment: str | None = None,
    ) -> OwnMark:
        """Move, stretch, name or comment a mark; None = as it is. A point goes to ``start_s``, or else ``end_s``."""
        edit = partial(
            mark_edits.change_mark, mark_id=mark_id, start_s=start_s, end_s=end_s, label=label, comment=comment
        )
        return self._edit_mark(mark_id, edit)

    def split_mark(self, mark_id: int, t_s: float) -> tuple[OwnMark, OwnMark]:
        """Cut an interval in two, both named alike; the first keeps the id and the comment."""
        return self._edit_mark(mark_id, partial(mark_edits.split_mark, mark_id=mark_id, t_s=t_s))

    def join_marks(self, mark_ids: Iterable[int]) -> OwnMark:
        """Neighbouring intervals of a tier become one, which has the first one's id and label and all comments."""
        ids = tuple(dict.fromkeys(mark_ids))
        return self._edit_mark(mark_edits.first_of(ids), partial(mark_edits.join_marks, mark_ids=ids))

    def delete_marks(self, mark_ids: Iterable[int]) -> None:
        """Take marks of one video away."""
        ids = tuple(dict.fromkeys(mark_ids))
        self._edit_mark(mark_edits.first_of(ids), partial(mark_edits.delete_marks, mark_ids=ids))

    def set_labels(self, mark_ids: Iterable[int], label: str) -> tuple[OwnMark, ...]:
        """Give marks of one video the same label."""
        ids = tuple(dict.fromkeys(mark_ids))
        return self._edit_mark(mark_edits.first_of(ids), partial(mark_edits.set_labels, mark_ids=ids, label=label))

    # ------------------------------------------------------------------ undo

    def undo(self, media_id: int, *, actor: str = "desktop") -> str | None:
        """Take the video's last edit back; its name, None when there is none. Raises Conflict."""
        return self._go(media_id, "undo", actor)

    def redo(self, media_id: int, *, actor: str = "desktop") -> str | None:
        """Do the edit again that was taken back last; its name, None when there is none. Raises Conflict."""
        return self._go(media_id, "redo", actor)

    def undo_names(self, media_id: int) -> tuple[str | None, str | None]:
        """What undo and redo would do."""
        return edit_log.next_names(self._store.read(), media_id)

    def history(self, media_id: int, *, limit: int = edit_log.RECENT) -> list[CodingEdit]:
        """The newest edits of a video, oldest first, dropped ones too."""
        return edit_log.read_history(self._store.read(), media_id, limit)

    # ------------------------------------------------------------------ inside

    def _edit_tier(self, tier_id: int, edit: Callable[[CodingDraft], T], actor: str = "desktop") -> T:
        return self._edit(reading.read_tier(self._store.read(), tier_id).media_id, edit, actor)

    def _edit_mark(self, mark_id: int, edit: Callable[[CodingDraft], T], actor: str = "desktop") -> T:
        return self._edit_tier(reading.read_mark(self._store.read(), mark_id).tier_id, edit, actor)

    def _edit(self, media_id: int, edit: Callable[[CodingDraft], T], actor: str) -> T:
        with self._in_order:
            applied, result = self._store.write(lambda connection: edit_log.apply(connection, media_id, edit, actor))
            self._tell(applied)
        return result

    def _go(self, media_id: int, direction: edit_log.Direction, actor: str) -> str | None:
        with self._in_order:
            applied = self._store.write(lambda connection: edit_log.go(connection, media_id, direction, actor))
            if applied is None:
                return None
            self._tell(applied)
        return applied.name

    def _tell(self, applied: Applied) -> None:
        for tier_id, deleted in applied.tiers:
            self._events.publish(AnnotationChanged("tier", applied.media_id, str(tier_id), deleted=deleted))

"""The first page: what the report is about, its main numbers, and by which settings they were found."""

from reportlab.platypus.flowables import Flowable

from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.source import ReportSource
from core.reports.text.layout import Style, fit_text, set_text
from core.reports.words import count_words, day_words, length_words, place_words, share_words

POSTER_HEIGHT = look.MEASURE * 9 / 16
_SETTINGS_TOP = 104.0


class Cover(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Fills the frame of the first page."""

    def __init__(self, source: ReportSource) -> None:
        super().__init__()
        self._source = source

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """All that there is."""
        self.width, self.height = available_width, available_height
        return self.width, self.height

    def draw(self) -> None:
        """From the top down."""
        canvas: ReportCanvas = self.canv
        source = self._source
        canvas.bookmarkHorizontal("cover", 0, self.height + 30)
        canvas.addOutlineEntry(source.episode.title, "cover", level=0)
        top = self._mark(canvas, self.height)
        top = self._poster(canvas, top - 18)
        top = self._title(canvas, top - 24)
        top = self._figures(canvas, top - 20)
        top = self._presence(canvas, top - 20)
        self._settings(canvas, min(top - 22, _SETTINGS_TOP))

    def _mark(self, canvas: ReportCanvas, top: float) -> float:
        below = canvas.draw_text("Rushes", Style(12, 15, look.HEADING.weight, palette.ACCENT), 0, top, 120)
        words = f"Screen time report  ·  {day_words(self._source.made_at)}"
        style = Style(8.5, 12, colour=palette.FAINT, align="right")
        canvas.draw_text(words, style, 130, top - 2, self.width - 130)
        return below

    def _poster(self, canvas: ReportCanvas, top: float) -> float:
        shown = canvas.draw_picture(self._source.episode.poster, 0, top, self.width, POSTER_HEIGHT, radius=8)
        if not shown:
            canvas.draw_box(0, top, self.width, POSTER_HEIGHT, palette.TINT, radius=8)
            style = Style(9, 12, colour=palette.FAINT, align="centre")
            canvas.draw_text("No picture of this episode was kept.", style, 0, top - POSTER_HEIGHT / 2, self.width)
        return top - POSTER_HEIGHT

    def _title(self, canvas: ReportCanvas, top: float) -> float:
        title = fit_text(self._source.episode.title, look.TITLE, self.width, most_lines=2, smallest=15)
        top = canvas.draw_block(title, 0, top)
        place = place_words(self._source.episode)
        if place:
            top = canvas.draw_text(place, Style(10.5, 15, colour=palette.MUTED), 0, top - 2, self.width)
        return top

    def _figures(self, canvas: ReportCanvas, top: float) -> float:
        account, review = self._source.account, self._source.review
        named = sum(any(one.name for one in review.identities if one.identity_id in p.identity_ids)
                    for p in account.people)  # fmt: skip
        figures = (
            (length_words(account.duration_s), "length"),
            (f"{len(account.people):,}", f"people, {named:,} of them named"),
            (f"{len(review.tracks):,}", "tracks of faces"),
            (f"{len(review.shots):,}", "shots"),
        )
        step = self.width / len(figures)
        canvas.draw_rule(0, top, self.width)
        for index, (figure, words) in enumerate(figures):
            block = fit_text(figure, look.FIGURE, step - 12, smallest=9)
            below = canvas.draw_block(block, index * step, top - 11)
            canvas.draw_text(words, look.SMALL, index * step, below - 1, step - 12, most_lines=2)
        canvas.draw_rule(0, top - 52, self.width)
        return top - 52

    def _presence(self, canvas: ReportCanvas, top: float) -> float:
        """How much of the episode shows somebody: one bar in three parts."""
        account = self._source.account
        whole_s = account.duration_s
        if whole_s <= 0:
            return top
        somebody = max(0.0, 1 - account.nobody_s / whole_s)
        canvas.draw_box(0, top, self.width, 6, palette.RULE, radius=3)
        if somebody > 0:
            canvas.draw_box(0, top, max(3.0, min(1.0, somebody) * self.width), 6, palette.ACCENT, radius=3)
        words = (
            f"Somebody is on screen for {length_words(max(0.0, whole_s - account.nobody_s))} "
            f"({share_words(somebody)}), nobody for {length_words(account.nobody_s)}."
        )
        if account.unassigned_s > 0:
            words += f" Faces that were given to no person: {length_words(account.unassigned_s)}."
        return canvas.draw_text(words, look.SMALL, 0, top - 11, self.width, most_lines=2)

    def _settings(self, canvas: ReportCanvas, top: float) -> None:
        half = (self.width - 24) / 2
        pairs = self._pairs()
        middle = (len(pairs) + 1) // 2
        for left, part in ((0.0, pairs[:middle]), (half + 24, pairs[middle:])):
            below = top
            for name, value in part:
                canvas.draw_text(name, look.SMALL, left, below, 78)
                block = set_text(value, Style(8, 10.8, colour=palette.MUTED), half - 84, most_lines=2)
                below = min(canvas.draw_block(block, left + 84, below), below - 12) - 2

    def _pairs(self) -> list[tuple[str, str]]:
        source = self._source
        detect, embed, cluster = (source.runs.get(stage) for stage in ("detect_track", "faces_embed", "cluster"))
        in_force = sum(edit.state in {"done", "past"} for edit in source.edits)
        pairs = [
            ("Video", source.episode.media_path.name),
            ("Gaps closed", f"up to {source.account.gap_s:g} s" if source.account.gap_s else "none"),
            ("Padding", f"{source.account.padding_s:g} s at both ends" if source.account.padding_s else "none"),
            ("Corrections", count_words(in_force, "edit") + " by hand" if in_force else "none"),
        ]
        if detect is not None:
            pairs.append(("Detector", str(detect.params.get("detector", "unknown"))))
        if embed is not None:
            pairs.append(("Embedder", str(embed.params.get("embedder", "unknown"))))
        if cluster is not None:
            pairs.append(("Threshold", f"{cluster.params.get('cluster_thresh', 'unknown')} to be one person"))
        pairs.append(("Times", "h:mm:ss.mmm from the video's own timestamps"))
        return pairs

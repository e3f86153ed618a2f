"""How each archetype builds up a segment's picture."""

from functools import cached_property
from typing import Protocol

from core.render.compose.cards import Card, card_glow, card_shadow, place_card
from core.render.compose.cutouts import Box, Cutout, is_cut_below
from core.render.compose.painters import Backdrop, FullPicture, OnBackdrop, Painter
from core.render.compose.panels import Content, Panel, PanelPainter, closer, lay_out
from core.render.compose.planes import BLUR_BEHIND_ITSELF, GRID, BlurredPlane, GradientPlane
from core.render.compose.shades import Floats, Shade, hero_shade, is_bright, vignette
from core.render.compose.stills import Opened
from core.render.types import WIDTH_PX, Archetype, CameraKey, CaptionPosition, RenderPlan, SegmentPlan

# Subjects leave room at the captions' side.
_CARD_MIDDLE = {CaptionPosition.LOWER_THIRD: 0.42, CaptionPosition.UPPER_THIRD: 0.60, CaptionPosition.CENTER: 0.5}
_ABOVE_WORDS, _UNDER_WORDS, _OVER_MIDDLE = (0.05, 0.675), (0.29, 0.95), (0.035, 0.45)
_HERO_BOX = {
    CaptionPosition.LOWER_THIRD: Box(0.76, 0.50, 0.38, *_ABOVE_WORDS),
    CaptionPosition.UPPER_THIRD: Box(0.76, 0.50, 0.62, *_UNDER_WORDS),
    CaptionPosition.CENTER: Box(0.86, 0.385, 0.245, *_OVER_MIDDLE),
}
_CARD_ROOM = {CaptionPosition.LOWER_THIRD: _ABOVE_WORDS, CaptionPosition.UPPER_THIRD: _UNDER_WORDS}
_ALONE = Box(0.78, 0.60, 0.5)
_IN_PANEL = Box(0.76, 0.74, 0.5)
# What stands on the frame's lower edge has its head above captions in the lower third, and below all others.
_STANDING = {
    CaptionPosition.LOWER_THIRD: Box(1.06, 0.74, 1.0),
    CaptionPosition.UPPER_THIRD: Box(1.0, 0.64, 1.0),
    CaptionPosition.CENTER: Box(0.92, 0.40, 1.0),
}
_CARD_HEIGHT = 0.46
_ALL = (0.05, 0.95)


class Pictures(Protocol):
    """Where a stage gets its pictures from."""

    def __getitem__(self, picture: int) -> Opened:
        """A picture of the plan by its number, opened."""
        ...


class Stage:
    """Makes the painters of one plan at one size. Belongs to one thread."""

    def __init__(self, plan: RenderPlan, width_px: int, height_px: int, pictures: Pictures) -> None:
        """``pictures``: shared by stages of several sizes."""
        self._plan = plan
        self._size = width_px, height_px
        self._reduced = width_px / WIDTH_PX
        self._pictures = pictures
        self._look = plan.preset.look
        self._style = plan.preset.caption_style
        self._panels = lay_out(plan, height_px)
        self._shades: dict[bool, Shade | None] = {}

    @property
    def has_band(self) -> bool:
        """Whether captions stand on a meme's band."""
        return self._panels.band is not None

    def painter(self, segment: SegmentPlan, keys: tuple[CameraKey, ...]) -> Painter:
        """For one segment, whose camera takes these positions. Raises MediaMissing, UnsupportedMedia."""
        if self._plan.archetype is Archetype.MEME_TEXT:
            return self._meme(segment, keys)
        if segment.picture < 0:
            return self._background
        opened = self._pictures[segment.picture]
        if self._plan.archetype is Archetype.OVERLAY:
            return self._overlay(opened, keys)
        return self._hero(opened, keys)

    def _hero(self, opened: Opened, keys: tuple[CameraKey, ...]) -> Painter:
        """The picture over all of the frame, or what was cut out of it before the preset's background."""
        if opened.coverage is None:
            return FullPicture(
                opened.rgb, self._size, keys, self._look, shade=self._shade(opened), reduced=self._reduced
            )
        box = _HERO_BOX[self._style.position] if self._plan.captions else _ALONE
        if is_cut_below(opened.coverage):
            box = _STANDING[self._style.position]
        return OnBackdrop(self._background, Cutout(opened, self._size, box, keys, self._look))

    def _overlay(self, opened: Opened, keys: tuple[CameraKey, ...]) -> Painter:
        """A card before its own blur, or a cutout before the blur of what was around it."""
        look, middle_y = self._look, _CARD_MIDDLE[self._style.position] if self._plan.captions else 0.5
        if opened.coverage is not None:
            plane = BlurredPlane(opened.rgb, look, keys, BLUR_BEHIND_ITSELF) if opened.masked else self._gradient
            room = _CARD_ROOM.get(self._style.position, _ALL) if self._plan.captions else _ALL
            box = Box(look.subject_width, _CARD_HEIGHT, middle_y, *room)
            if is_cut_below(opened.coverage):
                box = _STANDING[self._style.position]
            return OnBackdrop(Backdrop(plane, self._corners), Cutout(opened, self._size, box, keys, look))
        place = place_card(opened.size, look, middle_y)
        darkness = self._corners
        if look.shadow:
            shadow = card_shadow(place)
            darkness = shadow if darkness is None else 1 - (1 - darkness) * (1 - shadow)
        glow = card_glow(place, look.glow) if look.glow else None
        backdrop = Backdrop(BlurredPlane(opened.rgb, look, keys), darkness, glow)
        return Card(backdrop, opened.rgb, place, keys, look, self._size[0])

    def _meme(self, segment: SegmentPlan, keys: tuple[CameraKey, ...]) -> Painter:
        """One or two panels and the band; the second panel shows the next picture or a close look at the only one."""
        if segment.picture < 0:
            whole = Panel(0, self._size[1])
            return PanelPainter(self._panels, [Content(whole, self._background)])
        contents = []
        for number, panel in enumerate(self._panels.places):
            picture = (segment.picture + number) % len(self._plan.stills)
            near = number > 0 and picture == segment.picture
            moves = tuple(closer(key) for key in keys) if near else keys
            contents.append(Content(panel, self._in_panel(self._pictures[picture], moves, panel), near))
        return PanelPainter(self._panels, contents)

    def _in_panel(self, opened: Opened, keys: tuple[CameraKey, ...], panel: Panel) -> Painter:
        """As a hero, in a part of the frame."""
        place = self._size[0], panel.height
        if opened.coverage is None:
            return FullPicture(opened.rgb, place, keys, self._look, offset=panel.offset, reduced=self._reduced)
        box = _IN_PANEL if self.has_band else _ALONE
        return OnBackdrop(self._background, Cutout(opened, place, box, keys, self._look, offset=panel.offset))

    def _shade(self, opened: Opened) -> Shade | None:
        """Over a picture that fills the frame; there are two, for pictures are bright or not."""
        bright = is_bright(opened.rgb)
        if bright not in self._shades:
            words = bool(self._plan.captions)
            self._shades[bright] = hero_shade(self._size, self._style, self._look, words=words, bright=bright)
        return self._shades[bright]

    @cached_property
    def _gradient(self) -> GradientPlane:
        return GradientPlane(self._look, self._style.accent, (self._plan.seed % 997) / 997)

    @cached_property
    def _background(self) -> Painter:
        return Backdrop(self._gradient, self._corners)

    @cached_property
    def _corners(self) -> Floats | None:
        strength = self._look.vignette
        return vignette(*GRID, strength) if strength > 0 else None

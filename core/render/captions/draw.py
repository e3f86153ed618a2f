"""A caption drawn as a layer: set, placed, inked, and made legible on the pictures under it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.render.captions import shades
from core.render.captions.coats import Canvas, coats_of, letter_colours
from core.render.captions.colours import Colour
from core.render.captions.fonts import family
from core.render.captions.glyphs import Inked, ink, place
from core.render.captions.layer import CaptionLayer
from core.render.captions.legibility import Coat, Surroundings, strengthened, weakest
from core.render.captions.placing import Standing, has_plate, stand
from core.render.captions.wording import Wording, worded
from core.render.types import Archetype, Backing, CaptionRole, CaptionStyle, Rgb, Rgba
from models.opencv import cv2

_MARGIN_EM = 2.1
_MOST_GROUND = 3.0
_MOST_CLOUD, _MOST_STAIN = 0.8, 0.38
"""How strong a soft ground may be, and how much of the full range from black to white it may change a picture by.

Less looks like light and shade, more like a stain: then a plate is better.
"""
_AROUND_EM = 0.05
_UNKNOWN = (255, 128, 0)
"""Greys that stand for pictures nobody has seen yet."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a caption is drawn for; ``under`` may be empty."""

    archetype: Archetype
    width_px: int
    height_px: int
    under: Sequence[Rgb]
    alone: bool


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A caption before it becomes a layer; ``colours`` of plain and of marked letters.

    ``stain``: how much a soft ground changes what it lies on, in [0, 1], on the picture where it does most.
    """

    standing: Standing
    canvas: Canvas
    inked: Inked
    colours: tuple[Colour, Colour]
    coats: tuple[Coat, ...]
    contrast: float
    stain: float


def draw_caption(
    text: str,
    style: CaptionStyle,
    role: CaptionRole,
    archetype: Archetype,
    *,
    width_px: int,
    height_px: int,
    under: Sequence[Rgb] = (),
    alone: bool = False,
) -> CaptionLayer:
    """A caption as a layer for a frame of ``width_px`` by ``height_px``.

    ``under``: frames of that size without the caption, from moments at which it is shown; the ground under the letters
    is made as strong as the contrast on all of them needs (at least 4.5 : 1). Without them it suits any picture.
    ``alone``: the cut has no pictures, so that words are set larger where they have room.
    Words in asterisks (``*free* today``) take the accent's colour. The same input gives the same pixels: all fonts
    come with Rushes. InvalidRequest for an unknown font or a colour that is none.
    """
    wording = worded(text, family(style.font), role, uppercase=style.uppercase)
    if not wording.paragraphs:
        return CaptionLayer(np.zeros((0, 0, 4), np.uint8), 0, 0, (), 0.0, shortened=False, contrast=21.0)
    frame = _Frame(archetype, width_px, height_px, under, alone)
    drawing = _drawn(wording, style, frame)
    if under and _is_stain(drawing, style):
        drawing = _drawn(wording, replace(style, backing=Backing.PLATE), frame)
    return _layer(drawing)


def _drawn(wording: Wording, style: CaptionStyle, frame: _Frame) -> _Drawing:
    plate = has_plate(style, wording.role)
    standing = stand(wording, style, frame.archetype, frame.width_px, frame.height_px, plate=plate, alone=frame.alone)
    canvas = _canvas(standing, style, frame.width_px, frame.height_px)
    placed = place(standing.text, standing.middle_px - canvas.left, standing.first_baseline_px - canvas.top)
    inked = ink(placed, canvas.width, canvas.height)
    fine = None
    if standing.stroke_px > 0:
        fine = ink(placed, canvas.width, canvas.height, times=shades.STROKE_TIMES).all
    colours = letter_colours(style, wording.role)
    around = _surroundings(inked, colours, standing)
    seen = _seen(frame, canvas)
    coats = coats_of(style, wording.role, standing, canvas, inked, fine)
    coats = strengthened(coats, 0, around, seen, most=_MOST_GROUND)
    stain = max(_change(coats[0], picture) for picture in seen)
    return _Drawing(standing, canvas, inked, colours, coats, weakest(coats, around, seen), stain)


def _change(ground: Coat, picture: Rgb) -> float:
    """How far a ground moves a picture's mean brightness where it lies, in parts of the whole range."""
    lit = float(np.average(picture.mean(axis=2), weights=ground.share)) if ground.share.any() else 0.0
    return ground.strength * abs(lit - sum(ground.colour) / 3) / 255


def _is_stain(drawing: _Drawing, style: CaptionStyle) -> bool:
    soft = drawing.standing.plate is None and style.backing in {Backing.NONE, Backing.SOFT}
    return soft and (drawing.coats[0].strength > _MOST_CLOUD or drawing.stain > _MOST_STAIN)


def _canvas(standing: Standing, style: CaptionStyle, width_px: int, height_px: int) -> Canvas:
    boxes = [*standing.lines(), *([standing.plate] if standing.plate else [])]
    margin = _MARGIN_EM * standing.text.font_px + standing.stroke_px
    left = max(0, math.floor(min(box.left for box in boxes) - margin))
    right = min(width_px, math.ceil(max(box.right for box in boxes) + margin))
    top = max(0, math.floor(min(box.top for box in boxes) - margin))
    bottom = min(height_px, math.ceil(max(box.bottom for box in boxes) + margin))
    if style.backing is Backing.BAND:
        left, right = 0, width_px
    return Canvas(left, top, right - left, bottom - top)


def _seen(frame: _Frame, canvas: Canvas) -> list[Rgb]:
    """The canvas's part of every picture."""
    if not frame.under:
        return [np.full((*canvas.shape, 3), grey, np.uint8) for grey in _UNKNOWN]
    rows = slice(canvas.top, canvas.top + canvas.height)
    columns = slice(canvas.left, canvas.left + canvas.width)
    size = frame.width_px, frame.height_px
    seen: list[Rgb] = []
    for picture in frame.under:
        fits = picture.shape[1::-1] == size
        whole = picture if fits else np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        seen.append(np.ascontiguousarray(whole[rows, columns]))
    return seen


def _surroundings(inked: Inked, colours: tuple[Colour, Colour], standing: Standing) -> list[Surroundings]:
    reach = max(1, round(standing.text.font_px * _AROUND_EM))
    return [
        Surroundings(letters, shades.around(coverage, inked.all, reach))
        for letters, coverage in zip(colours, (inked.plain, inked.marked), strict=True)
    ]


def _layer(drawing: _Drawing) -> CaptionLayer:
    rgba = _straight(_painted(drawing))
    rows, columns = np.flatnonzero(rgba[..., 3].any(axis=1)), np.flatnonzero(rgba[..., 3].any(axis=0))
    if not len(rows):
        rows = columns = np.array([0])
    text = drawing.standing.text
    return CaptionLayer(
        rgba=np.ascontiguousarray(rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]),
        left_px=drawing.canvas.left + int(columns[0]),
        top_px=drawing.canvas.top + int(rows[0]),
        lines=tuple(line.shaped.text for line in text.lines),
        font_px=text.font_px,
        shortened=text.shortened,
        contrast=drawing.contrast,
    )


def _painted(drawing: _Drawing) -> npt.NDArray[np.float32]:
    """Everything one over the other, premultiplied, float32 (height, width, 4) in [0, 255]."""
    plain, marked = (shades.share(one) for one in (drawing.inked.plain, drawing.inked.marked))
    letters = (Coat(drawing.colours[0], plain), Coat(drawing.colours[1], marked))
    painted = np.zeros((*drawing.canvas.shape, 4), np.float32)
    for coat in (*drawing.coats, *letters):
        if coat.strength <= 0 or not coat.share.any():
            continue
        alpha = coat.alpha()[..., None]
        painted *= 1 - alpha
        painted += alpha * np.array([*coat.colour, 255], np.float32)
    pictures = drawing.inked.pictures
    if pictures.any():
        painted *= 1 - pictures[..., 3:].astype(np.float32) / 255
        painted += pictures
    return painted


def _straight(painted: npt.NDArray[np.float32]) -> Rgba:
    """Straight alpha in 8 bits; soft ramps are dithered, for steps of 1/255 show on plain pictures."""
    alpha = painted[..., 3]
    noise = np.random.default_rng(1).random(alpha.shape, np.float32) - 0.5
    rgba = np.empty(painted.shape, np.uint8)
    rgba[..., :3] = np.clip(np.rint(painted[..., :3] * (255 / np.maximum(alpha, 1e-3))[..., None]), 0, 255)
    rgba[..., 3] = np.clip(np.rint(alpha + np.where((alpha > 1) & (alpha < 254), noise, 0)), 0, 255)
    return rgba

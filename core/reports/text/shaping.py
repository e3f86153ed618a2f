"""Clusters as glyphs in the order in which they stand on the line (HarfBuzz)."""

import functools
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import uharfbuzz as hb

from core.reports.text.clusters import Cluster, clusters_of
from core.reports.text.faces import Face, Weight


class Glyph(NamedTuple):
    """A glyph and where it stands, in units of its font; ``text`` is what it stands for, empty when a glyph before
    it stands for that too.
    """

    glyph: int
    advance: int
    x_offset: int
    y_offset: int
    text: str


class Run(NamedTuple):
    """Glyphs of one font, from left to right; ``width`` in parts of the text's size."""

    face: Face
    glyphs: tuple[Glyph, ...]
    width: float


class Shaped(NamedTuple):
    """A line of text: ``width``, ``ascent`` and ``descent`` (below zero) in parts of the text's size."""

    text: str
    runs: tuple[Run, ...]
    width: float
    ascent: float
    descent: float


EMPTY = Shaped("", (), 0.0, 0.0, 0.0)


def shaped(clusters: Sequence[Cluster], *, tabular: bool = False) -> Shaped:
    """One line; ``tabular``: digits of one width."""
    if not clusters:
        return EMPTY
    groups = [list(group) for _, group in groupby(clusters, key=lambda one: (one.face, one.level))]
    runs = tuple(_run(group, tabular) for group in _visual(groups))
    return Shaped(
        text="".join(one.text for one in clusters),
        runs=runs,
        width=sum(run.width for run in runs),
        ascent=max(run.face.ascent / run.face.upem for run in runs),
        descent=min(run.face.descent / run.face.upem for run in runs),
    )


@functools.lru_cache(maxsize=4_000)
def shaped_text(text: str, weight: Weight, *, tabular: bool = False) -> Shaped:
    """A whole text as one line."""
    if tabular and text.isascii():
        return _columns(text, weight)
    return shaped(clusters_of(text, weight), tabular=tabular)


def _visual(groups: list[list[Cluster]]) -> list[list[Cluster]]:
    """Rule L2 of Annex 9: from the highest level down to 1, turn every stretch at or above it around."""
    order = list(groups)
    highest = max(group[0].level for group in groups)
    for level in range(highest, 0, -1):
        turned: list[list[Cluster]] = []
        for high, stretch in groupby(order, key=lambda group: group[0].level >= level):
            turned += list(stretch)[:: -1 if high else 1]
        order = turned
    return order


def _run(clusters: list[Cluster], tabular: bool) -> Run:
    face = clusters[0].face
    glyphs = tuple(_glyphs(clusters, face, tabular))
    return Run(face, glyphs, sum(glyph.advance for glyph in glyphs) / face.upem)


def _glyphs(clusters: list[Cluster], face: Face, tabular: bool) -> list[Glyph]:
    text = "".join(one.shown for one in clusters)
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if clusters[0].level % 2 else "ltr"
    hb.shape(face.hb_font, buffer, {"tnum": tabular, "kern": not tabular})
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    starts = sorted({info.cluster for info in infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    found, told = [], set()
    for info, position in zip(infos, positions, strict=True):
        stands_for = "" if info.cluster in told else text[info.cluster : ends[info.cluster]]
        told.add(info.cluster)
        found.append(Glyph(info.codepoint, position.x_advance, position.x_offset, position.y_offset, stands_for))
    return found


def _columns(text: str, weight: Weight) -> Shaped:
    """ASCII in columns: sign by sign, for nothing is kerned there."""
    if not text:
        return EMPTY
    signs = [_sign(character, weight) for character in text]
    face = signs[0][0]
    glyphs = tuple(glyph for _, glyph in signs)
    width = sum(glyph.advance for glyph in glyphs) / face.upem
    return Shaped(text, (Run(face, glyphs, width),), width, face.ascent / face.upem, face.descent / face.upem)


@functools.cache
def _sign(character: str, weight: Weight) -> tuple[Face, Glyph]:
    run = shaped(clusters_of(character, weight) or _space(weight), tabular=True).runs[0]
    return run.face, run.glyphs[0]


def _space(weight: Weight) -> list[Cluster]:
    face = clusters_of("x", weight)[0].face
    return [Cluster(" ", " ", face, 0)]

"""What shots show, in a person's own words: their pictures compared with the words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.annotate.looks.picture_vector_look import PictureVectorLook, open_image_text_once
from core.annotate.pipeline import PipelineContext
from core.annotate.types import Floats, Mark, Tier, TierKind
from core.faces.types import Shot
from models.image_text import PROMPT

ANYTHING = "a photo"
"""What a single word is weighed against."""


def words_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The words to choose among, each once, without those that are empty."""
    return tuple(dict.fromkeys(word for one in config["labels"] if (word := " ".join(str(one).split()))))


def vector_look_of(config: Mapping[str, Any]) -> PictureVectorLook | None:
    """What labels want of the frames; None when no words are given."""
    if not words_of(config):
        return None
    return PictureVectorLook(str(config["label_model"]), float(config["label_pictures_per_second"]))


def labels_tier(shots: Sequence[Shot], config: Mapping[str, Any], context: PipelineContext) -> Tier:
    """Each shot that shows one of the words surely enough, with the best of them. ``score``: the chance of it.

    Raises ModelMissing and the other errors of models, Canceled.
    """
    words, look = words_of(config), vector_look_of(config)
    assert look is not None
    model = open_image_text_once(look.model, str(context.models.root), context.device.partition(":")[0])
    texts = model.embed_words([PROMPT.format(one) for one in words] + ([ANYTHING] if len(words) == 1 else []))
    vectors = _shot_vectors(shots, look, context)
    context.used(look.model)
    marks = []
    for shot, of_shot in zip(shots, vectors, strict=True):
        context.check()
        if not len(of_shot):
            continue
        chances = model.chances(of_shot, texts).mean(axis=0)[: len(words)]
        best = int(chances.argmax())
        if float(chances[best]) >= float(config["label_threshold"]):
            attributes = {word: round(float(chance), 4) for word, chance in zip(words, chances, strict=True)}
            marks.append(Mark(shot.start_s, shot.end_s, words[best], round(float(chances[best]), 4), attributes))
    return Tier("labels", TierKind.INTERVALS, marks=tuple(marks), vocabulary=words)


def _shot_vectors(shots: Sequence[Shot], look: PictureVectorLook, context: PipelineContext) -> list[Floats]:
    """Vectors of each shot's pictures; a shot between two pictures of the look has one taken of its middle."""
    looked = context.looked(look)
    found = [_inside(looked.arrays, one) for one in shots]
    short = [place for place, vectors in enumerate(found) if not len(vectors)]
    if short:
        table = looked.table
        frames = [
            np.flatnonzero((table.pts >= shots[one].start_pts) & (table.pts < shots[one].end_pts)) for one in short
        ]
        middles = tuple(int(table.pts[inside[len(inside) // 2]]) for inside in frames if len(inside))
        if middles:
            more = context.looked(PictureVectorLook(look.model, look.fps, middles))
            for place in short:
                found[place] = _inside(more.arrays, shots[place])
    return found


def _inside(arrays: Mapping[str, Any], shot: Shot) -> Floats:
    pts = arrays["pts"]
    vectors: Floats = arrays["vectors"][(pts >= shot.start_pts) & (pts < shot.end_pts)]
    return vectors

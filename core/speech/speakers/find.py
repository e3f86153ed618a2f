"""Who speaks when, in one pass over the sound."""

from collections.abc import Sequence

import numpy as np

from core.errors import InvalidRequest
from core.jobs.types import JobContext
from core.speech.sound import pcm_blocks, progress_total_s
from core.speech.speakers.assignment import who_speaks
from core.speech.speakers.listening import BLOCK_S, listen
from core.speech.speakers.turns import merged, turns_of
from core.speech.types import Diarization, SpeechSource
from models.speaker_embedder import DIM, open_speaker_embedder
from models.store import ModelStore

STAGE = "speakers"
THREADS = 1


def find_speakers(
    source: SpeechSource,
    speech: Sequence[tuple[float, float]],
    models: ModelStore,
    *,
    stream_index: int | None = None,
    min_speakers: int | None = None,
    max_speakers: int | None = None,
    context: JobContext,
) -> Diarization:
    """Turns of the speakers of a recording; ``speech`` are its voiced stretches (start_s, end_s).

    Their number is found; ``min_speakers`` and ``max_speakers`` bound it (there may be fewer than the least number when
    there is hardly any speech). Turns overlap where two people with voices that differ much talk at once, never more.
    Progress: stage ``speakers`` in seconds of sound. Memory grows by 10 kB for a second of sound.

    Raises InvalidRequest (bounds), MediaMissing, UnsupportedMedia, ModelMissing, ModelCorrupt, Canceled.
    """
    _check_bounds(min_speakers, max_speakers)
    spans = sorted((start_s, end_s) for start_s, end_s in speech if end_s > start_s)
    if not spans:
        return Diarization((), 0, np.zeros((0, DIM), np.float32))
    context.check()
    embedder = open_speaker_embedder(models, threads=THREADS)
    total_s = round(progress_total_s(source))
    heard, spoken = listen(
        pcm_blocks(source, stream_index, block_s=BLOCK_S),
        spans,
        embedder,
        check=context.check,
        told=lambda heard_s: context.progress(STAGE, round(heard_s), total_s, unit="s"),
    )
    found = who_speaks(heard, least=min_speakers or 1, most=max_speakers, check=context.check)
    second = turns_of(found.second, spoken)
    return Diarization(
        merged([*turns_of(found.labels, spoken), *second]),
        len(found.vectors),
        found.vectors,
        round(sum(turn.end_s - turn.start_s for turn in second), 3),
    )


def _check_bounds(least: int | None, most: int | None) -> None:
    for name, value in (("least", least), ("largest", most)):
        if value is not None and value < 1:
            raise InvalidRequest(f"{value} cannot be the {name} number of speakers.", action="Give 1 or more.")
    if least is not None and most is not None and least > most:
        raise InvalidRequest(
            f"There cannot be at least {least} and at most {most} speakers.", action="Swap the two numbers."
        )

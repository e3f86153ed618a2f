"""The faces of a track that are worth embedding: good ones, spread in time and in pose."""

import numpy as np
import numpy.typing as npt

TIME_SHARE, POSE_SHARE = 0.35, 0.15  # of a choice; the rest is quality
POSE_SPAN_DEG = 40.0  # faces turned this far apart count as fully different


def choose_best(
    overall: npt.NDArray[np.float32],
    t_s: npt.NDArray[np.float64],
    yaw_deg: npt.NDArray[np.float32],
    *,
    usable: npt.NDArray[np.bool_],
    count: int,
) -> npt.NDArray[np.int64]:
    """Indices (rising) of at most ``count`` usable faces: ``overall`` in [0, 1], ``t_s`` and ``yaw_deg``, all (n,).

    The best face comes first, then always the one with the best sum of quality, distance in time to the nearest
    chosen one (against an even spread over the track) and difference in pose. Equal ones: the earlier.
    """
    candidates = np.flatnonzero(usable)
    if len(candidates) <= count:
        return candidates.astype(np.int64)
    quality = overall[candidates].astype(np.float64)
    times_s = t_s[candidates]
    yaws_deg = np.nan_to_num(yaw_deg[candidates].astype(np.float64))
    even_gap_s = max(float(times_s.max() - times_s.min()) / count, 1e-6)
    chosen = [int(np.argmax(quality))]
    gap_s = np.abs(times_s - times_s[chosen[0]])
    turn_deg = np.abs(yaws_deg - yaws_deg[chosen[0]])
    while len(chosen) < count:
        worth = (
            (1.0 - TIME_SHARE - POSE_SHARE) * quality
            + TIME_SHARE * np.minimum(gap_s / even_gap_s, 1.0)
            + POSE_SHARE * np.minimum(turn_deg / POSE_SPAN_DEG, 1.0)
        )
        worth[chosen] = -1.0
        best = int(np.argmax(worth))
        chosen.append(best)
        gap_s = np.minimum(gap_s, np.abs(times_s - times_s[best]))
        turn_deg = np.minimum(turn_deg, np.abs(yaws_deg - yaws_deg[best]))
    return np.sort(candidates[chosen]).astype(np.int64)

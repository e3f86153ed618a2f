"""How vectors of tracks are compared: data alone, so that the catalogue is read without NumPy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrackCalibration:
    """How an embedder's vectors of two tracks are compared, on the embedder's own scale.

    ``metric``: ``rms`` is the root-mean-square distance of all pairs of raw samples,
    sqrt(|m1 - m2|^2 + v1 + v2); ``unit_rms`` the same of normalised samples, sqrt(2 - 2 * mean cosine); ``unit`` is
    the Euclidean distance of normalised mean vectors.
    ``threshold``: the distance at which two tracks are as likely one person as two; the documented
    similarity 0.58 is mapped to it.
    """

    metric: str
    threshold: float

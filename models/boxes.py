"""Non-maximum suppression of face boxes."""

from typing import cast

import numpy as np
import numpy.typing as npt

from models.faces import FloatArray


def overlaps(box: FloatArray, others: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(intersection over union, intersection over the smaller area) of a box (4,) with others (n, 4)."""
    width = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    height = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    inner = np.maximum(width, 0) * np.maximum(height, 0)
    area = (box[2] - box[0]) * (box[3] - box[1])
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    union = np.maximum(area + areas - inner, 1e-12)
    smaller = np.maximum(np.minimum(area, areas), 1e-12)
    return cast("FloatArray", inner / union), cast("FloatArray", inner / smaller)


def _best_first(boxes: FloatArray, scores: FloatArray) -> npt.NDArray[np.intp]:
    """Indices by falling score; of equal scores the box further left and up, so that the order given does not count."""
    return np.lexsort((boxes[:, 3], boxes[:, 2], boxes[:, 1], boxes[:, 0], -scores))


def weighted_nms(
    boxes: FloatArray, scores: FloatArray, points: FloatArray, *, iou: float, contained: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Blend boxes that overlap by more than ``iou`` by their scores (MediaPipe's weighted suppression); then drop a
    box that overlaps a better one by more than ``contained`` of the smaller area.

    ``boxes`` (n, 4), ``scores`` (n,), ``points`` (n, p, 2); the same, best first.
    """
    order = _best_first(boxes, scores)
    boxes, scores, points = boxes[order], scores[order], points[order]
    left = np.arange(len(scores))
    kept_boxes: list[FloatArray] = []
    kept_points: list[FloatArray] = []
    kept_scores: list[np.float32] = []
    while len(left):
        same = overlaps(boxes[left[0]], boxes[left])[0] > iou
        same[0] = True
        group = left[same]
        weights = (scores[group] / scores[group].sum()).astype(np.float32)
        blended = (boxes[group] * weights[:, None]).sum(axis=0)
        inside = bool(kept_boxes) and bool((overlaps(blended, np.stack(kept_boxes))[1] > contained).any())
        if not inside:
            kept_boxes.append(blended)
            kept_points.append((points[group] * weights[:, None, None]).sum(axis=0))
            kept_scores.append(scores[group[0]])
        left = left[~same]
    return (
        np.array(kept_boxes, np.float32).reshape(-1, 4),
        np.array(kept_scores, np.float32),
        np.array(kept_points, np.float32).reshape(-1, *points.shape[1:]),
    )


def plain_nms(boxes: FloatArray, scores: FloatArray, *, iou: float) -> npt.NDArray[np.int64]:
    """Indices of the boxes that stay, best first."""
    left = _best_first(boxes, scores)
    kept = []
    while len(left):
        kept.append(int(left[0]))
        left = left[1:][overlaps(boxes[left[0]], boxes[left[1:]])[0] <= iou]
    return np.array(kept, np.int64)

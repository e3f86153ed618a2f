"""Of boxes that show one face, one stays; the order in which they come does not count."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.boxes import overlaps, plain_nms, weighted_nms
from models.faces import FloatArray

IOU, CONTAINED = 0.3, 0.6
CORNERS = st.integers(0, 40)
SIDES = st.integers(1, 40)
# few different scores, so that equal ones are common
BOXES = st.lists(st.tuples(CORNERS, CORNERS, SIDES, SIDES, st.integers(1, 6)), max_size=25)
Given = list[tuple[int, int, int, int, int]]


def arrays(given_boxes: Given) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Boxes, scores and two points (upper left and lower right corner) of each."""
    rows = np.array(given_boxes, np.float32).reshape(-1, 5)
    boxes = np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1) / 80
    return boxes, rows[:, 4] / 6, boxes.reshape(-1, 2, 2)


@given(BOXES)
def test_that_no_two_kept_boxes_overlap_above_the_limit(given_boxes: Given) -> None:
    boxes, scores, _ = arrays(given_boxes)
    kept = boxes[plain_nms(boxes, scores, iou=IOU)]
    assert all(overlaps(one, other[None])[0][0] <= IOU for one, other in combinations(kept, 2))


@given(BOXES)
def test_that_every_dropped_box_overlaps_a_better_one(given_boxes: Given) -> None:
    boxes, scores, _ = arrays(given_boxes)
    kept = plain_nms(boxes, scores, iou=IOU)
    assert np.array_equal(scores[kept], np.sort(scores[kept])[::-1]), "best first"
    for dropped in set(range(len(boxes))) - set(kept.tolist()):
        better = kept[scores[kept] >= scores[dropped]]
        assert overlaps(boxes[dropped], boxes[better])[0].max() > IOU


@given(BOXES, st.randoms(use_true_random=False))
def test_that_the_order_of_the_boxes_does_not_count(given_boxes: Given, random: object) -> None:
    shuffled = list(given_boxes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = arrays(given_boxes), arrays(shuffled)
    kept = [boxes[plain_nms(boxes, scores, iou=IOU)] for boxes, scores, _ in (first, second)]
    assert np.array_equal(*kept)
    for one, other in zip(
        weighted_nms(*first, iou=IOU, contained=CONTAINED),
        weighted_nms(*second, iou=IOU, contained=CONTAINED),
        strict=True,
    ):
        assert np.array_equal(one, other)


@given(BOXES)
def test_that_no_blended_box_lies_mostly_in_another(given_boxes: Given) -> None:
    boxes, scores, points = weighted_nms(*arrays(given_boxes), iou=IOU, contained=CONTAINED)
    assert all(overlaps(one, other[None])[1][0] <= CONTAINED for one, other in combinations(boxes, 2))
    assert boxes.shape == (len(scores), 4)
    assert points.shape == (len(scores), 2, 2)
    assert (np.diff(scores) <= 0).all(), "best first"


@given(BOXES)
def test_that_points_are_blended_as_their_boxes_are(given_boxes: Given) -> None:
    boxes, _, points = weighted_nms(*arrays(given_boxes), iou=IOU, contained=CONTAINED)
    assert np.allclose(points.reshape(-1, 4), boxes, atol=1e-6)


def test_that_a_blend_is_weighted_by_the_scores() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 12, 10], [50, 50, 60, 60]], np.float32)
    scores = np.array([0.9, 0.3, 0.5], np.float32)
    blended, kept_scores, _ = weighted_nms(boxes, scores, boxes.reshape(-1, 2, 2), iou=IOU, contained=CONTAINED)
    assert np.allclose(blended, [[0, 0, 10.5, 10], [50, 50, 60, 60]])
    assert np.allclose(kept_scores, [0.9, 0.5])


def test_that_a_small_box_inside_a_better_one_is_dropped() -> None:
    boxes = np.array([[0, 0, 100, 100], [40, 40, 60, 60]], np.float32)
    scores = np.array([0.9, 0.8], np.float32)
    blended, _, _ = weighted_nms(boxes, scores, boxes.reshape(-1, 2, 2), iou=IOU, contained=CONTAINED)
    assert np.allclose(blended, boxes[:1])


def test_that_boxes_without_area_do_no_harm() -> None:
    boxes = np.array([[5, 5, 5, 5], [5, 5, 5, 5], [0, 0, 10, 10]], np.float32)
    scores = np.array([0.9, 0.8, 0.7], np.float32)
    assert set(plain_nms(boxes, scores, iou=IOU).tolist()) >= {0, 2}
    weighted_nms(boxes, scores, boxes.reshape(-1, 2, 2), iou=IOU, contained=CONTAINED)

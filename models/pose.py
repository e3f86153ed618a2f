"""What person detectors find: boxes, and the 17 key points of COCO (Lin et al., 2014) where a model gives them."""

from dataclasses import dataclass

from models.faces import FloatArray

COCO_KEYPOINTS = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
"""Left and right are the person's own."""
COCO_SKELETON = (
    *((15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11), (6, 12), (5, 6), (5, 7), (6, 8)),
    *((7, 9), (8, 10), (1, 2), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6)),
)
"""Pairs of places in COCO_KEYPOINTS that are joined by a line."""


@dataclass(frozen=True, slots=True)
class PersonDetections:
    """A row for each person, best score first.

    ``boxes`` float32 (n, 4): left, top, right, bottom in [0, 1] of the picture; ``scores`` float32 (n,) in [0, 1];
    ``keypoints`` float32 (n, k, 3): x, y in [0, 1] and confidence in [0, 1] (0 = not in the picture), or None.
    """

    boxes: FloatArray
    scores: FloatArray
    keypoints: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.scores)


def keypoint_names(count: int) -> tuple[str, ...]:
    """Names of so many key points: COCO's when they are 17."""
    return COCO_KEYPOINTS if count == len(COCO_KEYPOINTS) else tuple(f"point_{one + 1}" for one in range(count))


def skeleton_of(count: int) -> tuple[tuple[int, int], ...]:
    """Lines between so many key points: COCO's when they are 17, else none."""
    return COCO_SKELETON if count == len(COCO_KEYPOINTS) else ()

"""COCO detection and keypoint format (Lin et al., 2014): one image for each frame with a box, boxes x y w h in pixels.

Fields of our own: ``t_s`` of images; ``track_id``, ``track_name``, ``tier``, ``score``, ``keypoint_scores`` and
``attributes`` of annotations; ``provenance`` and ``media`` in ``info``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from core.annotate.formats.json_document import encodable, raw_media, raw_provenance
from core.annotate.types import Boxes, Document, MediaFacts, Tier
from core.errors import InvalidRequest

_PX_DIGITS = 3
_SEEN_AT = 0.5
"""A keypoint of this confidence counts as visible (2), one below it as hidden (1)."""


@dataclass(slots=True)
class _Images:
    """An image for each frame; frames without a number of their own get one from ``spare`` on."""

    media: MediaFacts
    spare: int
    rows: dict[tuple[int, float], int] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)

    def id_of(self, frame: int, t_s: float) -> int:
        key = (frame, t_s)
        if key not in self.rows:
            wanted = frame
            if frame < 0 or frame in self.taken:
                wanted, self.spare = self.spare, self.spare + 1
            self.rows[key] = wanted
            self.taken.add(wanted)
        return self.rows[key]

    def entries(self) -> list[dict[str, Any]]:
        stem = encodable(self.media.file_name.rsplit(".", 1)[0]) or "video"
        return [
            {
                "id": image_id,
                "file_name": f"{stem}/frame_{image_id:06d}.jpg",
                "width": self.media.width_px,
                "height": self.media.height_px,
                "frame": frame,
                "t_s": round(t_s, 6),
            }
            for (frame, t_s), image_id in sorted(self.rows.items(), key=lambda item: item[1])
        ]


def coco_bytes(document: Document, tiers: Sequence[Tier], _options: Mapping[str, Any], _notes: list[str]) -> bytes:
    """UTF-8 JSON that pycocotools loads. Raises InvalidRequest when the size of the pictures is not known."""
    media = document.media
    if media.width_px <= 0 or media.height_px <= 0:
        raise InvalidRequest(
            f"COCO counts in pixels, and the size of {media.file_name} is not known.", action="Choose another format."
        )
    frames = [int(tier.boxes.frame.max()) for tier in tiers if tier.boxes is not None and len(tier.boxes)]
    images = _Images(media, max([-1, *frames]) + 1)
    categories: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for tier in tiers:
        if tier.boxes is not None:
            ids = _add_categories(categories, tier.boxes)
            annotations += _annotations(tier.name, tier.boxes, ids, images, len(annotations) + 1)
    raw = {
        "info": {
            "description": f"Annotations of {encodable(media.file_name)}",
            "version": "1",
            "contributor": "Rushes",
            "date_created": next((one.ended_at for one in document.provenance if one.ended_at), ""),
            "media": raw_media(media),
            "provenance": [raw_provenance(one) for one in document.provenance],
        },
        "licenses": [],
        "images": images.entries(),
        "annotations": annotations,
        "categories": categories,
    }
    return orjson.dumps(raw, default=str, option=orjson.OPT_NON_STR_KEYS)


def _add_categories(categories: list[dict[str, Any]], boxes: Boxes) -> list[int]:
    """Ids of the tier's categories; those that another tier has already are shared."""
    ids = []
    for name in boxes.categories:
        entry: dict[str, Any] = {"name": name, "supercategory": ""}
        if boxes.keypoints is not None:
            count = boxes.keypoints.shape[1]
            names = boxes.keypoint_names or tuple(f"point_{at + 1}" for at in range(count))
            entry |= {"keypoints": list(names), "skeleton": [[a + 1, b + 1] for a, b in boxes.skeleton]}
        found = next((one["id"] for one in categories if one == entry | {"id": one["id"]}), None)
        if found is None:
            found = len(categories) + 1
            categories.append({"id": found} | entry)
        ids.append(found)
    return ids


def _annotations(tier: str, boxes: Boxes, ids: list[int], images: _Images, first_id: int) -> list[dict[str, Any]]:
    scale = np.array([images.media.width_px, images.media.height_px] * 2, np.float64)
    corners = boxes.bbox.astype(np.float64) * scale
    sizes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    areas = np.round(sizes[:, 2] * sizes[:, 3], _PX_DIGITS).tolist()
    columns = zip(
        boxes.frame.tolist(), boxes.t_s.tolist(), np.round(sizes, _PX_DIGITS).tolist(), areas,
        boxes.score.tolist(), boxes.track.tolist(), boxes.category.tolist(), strict=True,
    )  # fmt: skip
    attributes = _attributes(boxes)
    points = _points(boxes, images.media)
    rows = []
    for row, (frame, t_s, bbox, area, score, track, category) in enumerate(columns):
        entry: dict[str, Any] = {
            "id": first_id + row,
            "image_id": images.id_of(frame, t_s),
            "category_id": ids[category],
            "bbox": bbox,
            "area": area,
            "iscrowd": 0,
            "tier": tier,
        }
        if score == score:  # noqa: PLR0124  NaN alone is not itself
            entry["score"] = round(score, 6)
        if track >= 0:
            entry["track_id"] = track
            if track in boxes.track_names:
                entry["track_name"] = boxes.track_names[track]
        if attributes:
            entry["attributes"] = attributes[row]
        if points:
            entry |= points[row]
        rows.append(entry)
    return rows


def _attributes(boxes: Boxes) -> list[dict[str, Any]]:
    """Values and labels of each box, without what is unknown."""
    names = [*boxes.values, *boxes.labels]
    if not names:
        return []
    columns = [np.round(column.astype(np.float64), 6).tolist() for column in boxes.values.values()]
    rows = zip(*columns, *boxes.labels.values(), strict=True)
    return [{name: value for name, value in zip(names, row, strict=True) if value == value} for row in rows]  # noqa: PLR0124


def _points(boxes: Boxes, media: MediaFacts) -> list[dict[str, Any]]:
    if boxes.keypoints is None:
        return []
    points = np.nan_to_num(boxes.keypoints.astype(np.float64))
    confidence = points[:, :, 2]
    places = np.round(points[:, :, :2] * np.array([media.width_px, media.height_px]), _PX_DIGITS).tolist()
    shown = np.where(confidence >= _SEEN_AT, 2, np.where(confidence > 0, 1, 0))
    rows = zip(places, shown.tolist(), (shown > 0).sum(axis=1).tolist(), np.round(confidence, 4).tolist(), strict=True)
    return [
        {
            "keypoints": [one for (x, y), seen in zip(place, flags, strict=True) for one in (x, y, seen)],
            "num_keypoints": count,
            "keypoint_scores": scores,
        }
        for place, flags, count, scores in rows
    ]

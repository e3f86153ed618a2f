"""COCO files: wrapped or a bare list of results, boxes in pixels or in parts of the picture, keypoints, tracks.

COCO knows no times: they are taken from ``t_s``, ``timestamp`` or ``timestamp_ms`` of an image or an annotation, else
from the number of the frame when the times of the video's frames are known. They are never reckoned from a frame rate.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from core.annotate.formats.coco_boxes import CocoBoxes, Found, Skeleton
from core.annotate.formats.faults import Faults
from core.annotate.formats.json_document import loaded
from core.annotate.formats.source import Source, number_of, time_of
from core.annotate.types import Tier
from core.errors import InvalidRequest

Raw: TypeAlias = Mapping[str, Any]
_TIER = "boxes"
_SECONDS = ("t_s", "timestamp", "timestamp_s", "time_s")
_MILLISECONDS = ("timestamp_ms", "time_ms", "t_ms")
_FRAMES = ("frame", "frame_id", "frame_number", "frame_index")
_TRACKS = ("track_id", "tracking_id", "instance_id")
_OWN = {
    "id", "image_id", "category_id", "bbox", "area", "iscrowd", "score", "track_name", "tier", "keypoints",
    "num_keypoints", "keypoint_scores", "attributes", "segmentation", *_SECONDS, *_MILLISECONDS, *_FRAMES, *_TRACKS,
}  # fmt: skip
_FRAME_FILE = re.compile(r"(?:^|/)frame_(\d{1,12})\.\w+$")
_MOST_OUTSIDE = 2.0
_NO_SKELETON = Skeleton()


@dataclass(slots=True)
class _Coco:
    source: Source
    faults: Faults
    images: dict[Any, Raw] = field(default_factory=dict)
    categories: dict[Any, Raw] = field(default_factory=dict)
    skeletons: dict[Any, Skeleton] = field(default_factory=dict)
    normalised: bool = False
    tiers: dict[str, CocoBoxes] = field(default_factory=dict)

    def add(self, number: int, raw: Raw) -> None:
        """One annotation; noted when it cannot be read."""
        image = self.images.get(_key(raw.get("image_id")), {})
        t_s, frame = self._time(raw, image), self._frame(raw, image)
        bbox, why = self._bbox(raw, image)
        if t_s is None:
            why = "neither it nor its image has a time (t_s), and COCO's frame numbers are none"
        category = self.categories.get(_key(raw.get("category_id")))
        if category is None and self.categories:
            why = why or f"there is no category {raw.get('category_id')!r}"
        points, points_why = self._points(raw, image)
        why = why or points_why
        track = next((raw[name] for name in _TRACKS if name in raw), None)
        if track is not None and (isinstance(track, bool) or not isinstance(track, int) or not -1 <= track < 2**62):
            why = why or f"its track {track!r} is no whole number"
        score = number_of(raw.get("score"))
        if raw.get("score") is not None and score is None:
            why = why or f"its score {raw['score']!r} is no number"
        if why or t_s is None or bbox is None:
            self.faults.note(number, raw, why, unit="annotation")
            return
        name = str(raw.get("tier") or _TIER)
        kind = category or {"name": f"category {raw.get('category_id')}"}
        label = str(kind.get("name") or "object")
        skeleton = self.skeletons.get(_key(raw.get("category_id")), _NO_SKELETON)
        boxes = self.tiers.setdefault(name, CocoBoxes(name))
        extra = {key: value for key, value in raw.items() if key not in _OWN}
        given = raw.get("attributes")
        extra |= given if isinstance(given, dict) else {}
        track_name = str(raw.get("track_name") or "")
        boxes.add(
            Found(t_s, frame, bbox, score, -1 if track is None else track, track_name, label, extra, points), skeleton
        )

    def _time(self, raw: Raw, image: Raw) -> float | None:
        for entry in (raw, image):
            for names, scale in ((_SECONDS, 1.0), (_MILLISECONDS, 0.001)):
                for name in names:
                    value = number_of(entry.get(name))
                    if value is not None:
                        return time_of(value * scale)
        return self._time_of_frame(raw, image)

    def _time_of_frame(self, raw: Raw, image: Raw) -> float | None:
        times, frame = self.source.frame_times_s, self._frame(raw, image)
        if times is None:
            return None
        if frame < 0 and _is_frame(raw.get("image_id")):
            self.faults.remark("Ids of images were taken for numbers of frames.")
            frame = raw["image_id"]
        if not 0 <= frame < len(times):
            return None
        self.faults.remark("Times were taken from the numbers of frames.")
        return float(times[frame])

    def _frame(self, raw: Raw, image: Raw) -> int:
        """The number of its frame, -1 where the file does not say it; an id of an image is none."""
        for entry in (raw, image):
            for name in _FRAMES:
                if name in entry:
                    return int(entry[name]) if _is_frame(entry[name]) else -1
        named = _FRAME_FILE.search(str(image.get("file_name", "")))
        return int(named.group(1)) if named else -1

    def _bbox(self, raw: Raw, image: Raw) -> tuple[list[float] | None, str]:
        given = raw.get("bbox")
        values = [number_of(one) for one in given] if isinstance(given, list) else []
        x, y, width, height = values if len(values) == 4 else (None, None, None, None)
        if x is None or y is None or width is None or height is None:
            return None, "its bbox is not four numbers"
        if width < 0 or height < 0:
            return None, "its bbox has a negative size"
        size = (1.0, 1.0) if self.normalised else self._size(image)
        if size is None:
            return None, "the size of its image is not known"
        corners = [x / size[0], y / size[1], (x + width) / size[0], (y + height) / size[1]]
        if not all(1 - _MOST_OUTSIDE <= one <= _MOST_OUTSIDE for one in corners):
            return None, "its bbox lies outside its image"
        return corners, ""

    def _size(self, image: Raw) -> tuple[float, float] | None:
        width, height = number_of(image.get("width")), number_of(image.get("height"))
        facts = self.source.facts
        if width is None or height is None or width <= 0 or height <= 0:
            return (facts.width_px, facts.height_px) if facts and facts.width_px > 0 and facts.height_px > 0 else None
        return width, height

    def _points(self, raw: Raw, image: Raw) -> tuple[list[list[float]] | None, str]:
        given = raw.get("keypoints")
        if not given:
            return None, ""
        numbers = [number_of(one) for one in given] if isinstance(given, list) else [None]
        flat = [one for one in numbers if one is not None]
        size = (1.0, 1.0) if self.normalised else self._size(image)
        if len(flat) != len(numbers) or len(flat) % 3 or size is None:
            return None, "its keypoints are not x, y, v for each point"
        points = [
            [flat[at] / size[0], flat[at + 1] / size[1], min(flat[at + 2] / 2, 1.0)] for at in range(0, len(flat), 3)
        ]
        scores = raw.get("keypoint_scores")
        if isinstance(scores, list) and len(scores) == len(points):
            for point, score in zip(points, scores, strict=True):
                known = number_of(score)
                point[2] = point[2] if known is None else known
        return points, ""


def read_coco(source: Source, faults: Faults) -> list[Tier]:
    """Boxes as one tier, or as the tiers that the annotations name. Raises InvalidRequest for JSON that is no COCO."""
    raw = loaded(source.content, source.name)
    annotations = raw.get("annotations") if isinstance(raw, dict) else raw
    if not isinstance(annotations, list):
        raise InvalidRequest(
            f"{source.name} is no COCO file: it has no list of annotations.",
            action="It should hold images, annotations and categories, or a bare list of results.",
        )
    wrapped: Raw = raw if isinstance(raw, dict) else {}
    coco = _Coco(source, faults, _by_id(wrapped, "images", faults), _by_id(wrapped, "categories", faults))
    coco.skeletons = {key: _skeleton(category) for key, category in coco.categories.items()}
    coco.normalised = _all_normalised(annotations)
    if coco.normalised:
        faults.remark("All boxes lie between 0 and 1: read as parts of the picture, not as pixels.")
    for number, one in enumerate(annotations, start=1):
        if isinstance(one, dict):
            coco.add(number, one)
        else:
            faults.note(number, one, "it is no annotation", unit="annotation")
    return [boxes.tier(faults) for boxes in coco.tiers.values()]


def _by_id(raw: Raw, name: str, faults: Faults) -> dict[Any, Raw]:
    entries = raw.get(name, [])
    found: dict[Any, Raw] = {}
    for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
        key = _key(entry.get("id")) if isinstance(entry, dict) else None
        if key is None or key in found:
            what = "there is an earlier one with its id" if key is not None else "it has no id"
            faults.note(number, entry, what, unit={"images": "image"}.get(name, "category"))
            continue
        found[key] = entry
    return found


def _key(value: object) -> Any:
    """An id as COCO has them: a whole number, or a text in files of some programs."""
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _is_frame(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _all_normalised(annotations: list[Any]) -> bool:
    seen = False
    for one in annotations:
        bbox = one.get("bbox") if isinstance(one, dict) else None
        if not isinstance(bbox, list) or len(bbox) != 4:
            continue
        values = [number_of(value) for value in bbox]
        if any(value is None or abs(value) > 1 for value in values):
            return False
        seen = seen or any(value for value in values)
    return seen


def _skeleton(category: Raw) -> Skeleton:
    names = category.get("keypoints")
    pairs = category.get("skeleton")
    named = tuple(str(one) for one in names) if isinstance(names, list) else ()
    bones = [pair for pair in pairs if isinstance(pair, list) and len(pair) == 2] if isinstance(pairs, list) else []
    whole = [(a, b) for a, b in bones if isinstance(a, int) and isinstance(b, int)]
    return Skeleton(named, tuple((a - 1, b - 1) for a, b in whole if 0 < a <= len(named) and 0 < b <= len(named)))

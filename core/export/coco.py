"""COCO detection format (Lin et al., 2014): one image entry per frame with a face, boxes x y w h in pixels."""

from typing import Any

import orjson

from core.export.source import ExportSource

FACE_CATEGORY = {"id": 1, "name": "face", "supercategory": "person"}


def coco_document(source: ExportSource) -> bytes:
    """UTF-8 JSON that pycocotools loads; ``track_id``, ``identity_id``, ``name`` and ``t_s`` are extra fields."""
    info = source.episode.info
    images: dict[int, dict[str, Any]] = {}
    annotations: list[dict[str, Any]] = []
    names = source.identity_names()
    identity_of = {row.track_id: row.identity_id for row in source.review.tracks}
    for boxes in source.boxes:
        identity_id = identity_of[boxes.track_id]
        for index, frame in enumerate(boxes.frames.tolist()):
            t_s = round(float(boxes.t_s[index]), 6)
            images.setdefault(frame, _image(source, frame, t_s))
            x0, y0, x1, y1 = (float(value) for value in boxes.bbox[index])
            x_px, y_px = x0 * info.width_px, y0 * info.height_px
            width_px, height_px = (x1 - x0) * info.width_px, (y1 - y0) * info.height_px
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": frame,
                    "category_id": FACE_CATEGORY["id"],
                    "bbox": [round(value, 2) for value in (x_px, y_px, width_px, height_px)],
                    "area": round(width_px * height_px, 2),
                    "iscrowd": 0,
                    "score": round(float(boxes.score[index]), 4),
                    "track_id": boxes.track_id,
                    "identity_id": identity_id,
                    "name": names.get(identity_id or "", ""),
                    "interpolated": bool(boxes.interpolated[index]),
                }
            )
    document = {
        "info": {"description": f"Faces of {source.episode.title}", "version": "1"},
        "licenses": [],
        "images": [images[frame] for frame in sorted(images)],
        "annotations": annotations,
        "categories": [FACE_CATEGORY],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _image(source: ExportSource, frame: int, t_s: float) -> dict[str, Any]:
    return {
        "id": frame,
        "file_name": f"{source.episode.ep_id}/frame_{frame:06d}.jpg",
        "width": source.episode.info.width_px,
        "height": source.episode.info.height_px,
        "t_s": t_s,
    }

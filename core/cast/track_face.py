"""The clearest face of a track as a reference: it was cut out and judged when the episode was analysed."""

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from core.analysis.crop_table import CropTable
from core.analysis.crops import decode_crop
from core.cast.photo_faces import LEAST_FACE_PX, FaceShot
from core.errors import InvalidRequest, MediaMissing, NotFound
from core.faces.parameters import EmbedParameters
from core.faces.quality import reject_reason

if TYPE_CHECKING:
    from core.library.library import Library


def face_of_track(library: "Library", ep_id: str, track_id: str) -> tuple[FaceShot, str, str]:
    """The face, where it is from (``episode/track/frame``) and the digest of its crop.

    Raises NotFound, InvalidRequest when no face of the track passes the gates for references, MediaMissing when its
    file is gone.
    """
    library.episodes.get(ep_id)
    run = library.runs.current(ep_id, "detect_track")
    rows = (
        library.store.read()
        .execute(
            "SELECT c.path, c.frame FROM crops c JOIN tracks t ON t.run_id = c.run_id AND t.track_id = c.track_id "
            "WHERE c.run_id = ? AND c.track_id = ? AND c.excluded = '' AND t.state = 'live' ORDER BY c.overall DESC",
            (run.run_id if run else None, track_id),
        )
        .fetchall()
    )
    if run is None or not rows:
        raise NotFound(f"“{ep_id}” has no track {track_id} with a face.", action="Look at its tracks.")
    table = CropTable.load(run.path)
    row_of = {table.path(row): row for row in range(len(table))}
    gates = EmbedParameters()
    for path, frame in rows:
        row = row_of.get(path)
        if row is None or reject_reason(table.quality_of(row), gates, gate_px=LEAST_FACE_PX) is not None:
            continue
        try:
            content = (run.path / path).read_bytes()
            rgb = decode_crop(content)
        except (OSError, ValueError) as error:
            raise MediaMissing(
                f"The picture {path} of {track_id} cannot be read.", action="Analyse the episode again."
            ) from error
        quality = table.quality_of(row)
        shot = FaceShot(rgb, rgb, table.landmarks_px[row].astype(np.float32), quality, quality.size_px, 1)
        return shot, f"{ep_id}/{track_id}/{frame}", hashlib.sha256(content).hexdigest()
    raise InvalidRequest(
        f"No face of {track_id} is clear enough for a reference: too small, blurred, turned away or badly lit.",
        action="Use another track, or a photo.",
    )

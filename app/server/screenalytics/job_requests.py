"""What a job may be asked for: names, defaults and bounds of the document.

A default here is what the document shows. What was not sent is not passed on: the environment, the profile and the
stage's settings come before it (core.faces.parameters).
"""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from app.server.screenalytics.fields import (
    CleanupAction,
    Device,
    EpisodeId,
    Fraction,
    FrameCount,
    JpegQuality,
    ModelName,
    Profile,
    Request,
    SceneDetector,
)

CLEANUP_ACTIONS: tuple[CleanupAction, ...] = ("split_tracks", "reembed", "recluster", "group_clusters")
MinFacePx = Annotated[float | None, Field(default=None, ge=1, le=4096, description="Ours: smallest face, 1080 lines.")]


class JobRequest(Request):
    """What every job is told."""

    ep_id: EpisodeId
    profile: Profile | None = Field(None, description="fast_cpu is an alias of low_power.")
    device: Device = "auto"

    def explicit(self) -> dict[str, Any]:
        """What the client really sent; null counts as not sent."""
        sent = self.model_dump(include=self.model_fields_set - {"ep_id"})
        return {name: value for name, value in sent.items() if value is not None}


class _Pictures(JobRequest):
    save_frames: bool = Field(False, description="Export sampled full frames.")
    save_crops: bool = Field(False, description="Export crops.")
    jpeg_quality: JpegQuality = 85


class _Detection(_Pictures):
    stride: int = Field(6, ge=1, le=10_000, description="Every Nth frame is searched.")
    fps: float | None = Field(None, gt=0, le=1000, description="Frames searched a second; null: as stride says.")
    detector: ModelName = "retinaface"
    tracker: ModelName = "bytetrack"
    max_gap: FrameCount = 30
    det_thresh: Fraction | None = None
    scene_detector: SceneDetector = "pyscenedetect"
    scene_threshold: float = Field(27.0, gt=0, le=255)
    scene_min_len: int = Field(12, ge=1, le=100_000)
    scene_warmup_dets: int = Field(3, ge=0, le=1000)
    min_face_px: MinFacePx = None


class _Clustering(JobRequest):
    cluster_thresh: float = Field(0.58, ge=0.2, le=0.99)
    min_cluster_size: int = Field(2, ge=1, le=100_000)
    min_identity_sim: float = Field(0.45, ge=0.0, le=0.99)


class DetectTrackRequest(_Detection):
    """Detection and tracking."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ep_id": "rhobh-s05e02",
                "profile": "balanced",
                "stride": 6,
                "fps": None,
                "device": "auto",
                "save_frames": False,
                "save_crops": False,
                "jpeg_quality": 85,
                "detector": "retinaface",
                "tracker": "bytetrack",
                "max_gap": 30,
                "det_thresh": None,
                "scene_detector": "pyscenedetect",
                "scene_threshold": 27.0,
                "scene_min_len": 12,
                "scene_warmup_dets": 3,
                "track_high_thresh": 0.5,
                "new_track_thresh": 0.5,
                "track_buffer": 30,
                "min_box_area": 20.0,
            }
        }
    )

    track_high_thresh: Fraction = 0.5
    new_track_thresh: Fraction = 0.5
    track_buffer: int = Field(30, ge=1, le=100_000)
    min_box_area: float = Field(20.0, ge=0, le=1e9)


class FacesEmbedRequest(_Pictures):
    """Face vectors of existing tracks."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ep_id": "rhobh-s05e02",
                "profile": "balanced",
                "device": "auto",
                "save_frames": False,
                "save_crops": False,
                "jpeg_quality": 85,
                "thumb_size": 256,
            }
        }
    )

    thumb_size: int = Field(256, ge=64, le=512)
    embedder: ModelName | None = Field(None, description="Ours: id of a face embedder.")
    crops_per_track: int | None = Field(None, ge=1, le=1000, description="Ours: faces that speak for a track.")
    min_face_px: MinFacePx = None


class ClusterRequest(_Clustering):
    """Identities out of face vectors."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ep_id": "rhobh-s05e02",
                "profile": "balanced",
                "device": "auto",
                "cluster_thresh": 0.58,
                "min_cluster_size": 2,
                "min_identity_sim": 0.45,
            }
        }
    )


class EpisodeCleanupRequest(_Detection, _Clustering):
    """Outlier removal, re-embedding, re-clustering."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ep_id": "rhobh-s05e02",
                "profile": "balanced",
                "stride": 4,
                "fps": None,
                "device": "auto",
                "embed_device": "auto",
                "detector": "retinaface",
                "tracker": "bytetrack",
                "max_gap": 30,
                "det_thresh": None,
                "scene_detector": "pyscenedetect",
                "scene_threshold": 27.0,
                "scene_min_len": 12,
                "scene_warmup_dets": 3,
                "cluster_thresh": 0.58,
                "min_cluster_size": 2,
                "min_identity_sim": 0.45,
                "thumb_size": 256,
                "save_frames": False,
                "save_crops": False,
                "jpeg_quality": 85,
                "actions": ["split_tracks", "reembed", "recluster", "group_clusters"],
                "write_back": True,
            }
        }
    )

    embed_device: Device = "auto"
    thumb_size: int = Field(256, ge=64, le=512)
    actions: list[CleanupAction] = Field(
        default_factory=lambda: list(CLEANUP_ACTIONS), min_length=1, max_length=16, description="In any order."
    )
    write_back: bool = True

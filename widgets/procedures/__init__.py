"""Procedures on the screen: alignment, similarity map, steps, findings, score. Plain data in, signals out."""

from widgets.procedures.alignment_strip import AlignmentStrip
from widgets.procedures.correspondence import Correspondence
from widgets.procedures.finding_list import FindingList
from widgets.procedures.score_breakdown import ScoreBreakdown
from widgets.procedures.score_history import ScoreHistory
from widgets.procedures.similarity_map import SimilarityMap
from widgets.procedures.step_form import StepForm
from widgets.procedures.step_timeline import StepTimeline
from widgets.procedures.video_list import VideoList, VideoRow

__all__ = [
    "AlignmentStrip",
    "Correspondence",
    "FindingList",
    "ScoreBreakdown",
    "ScoreHistory",
    "SimilarityMap",
    "StepForm",
    "StepTimeline",
    "VideoList",
    "VideoRow",
]

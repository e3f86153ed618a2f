"""Annotations on the screen: lanes, pipelines and their parameters, agreement, measures. Plain data in, signals out."""

from widgets.annotate.agreement_data import AgreementChoice, AgreementFigures
from widgets.annotate.agreement_panel import AgreementPanel
from widgets.annotate.lane_canvas import LaneCanvas
from widgets.annotate.lane_data import CanvasMark, LaneRow, box_spans, lane_of, marks_of
from widgets.annotate.measures_model import MeasureColumn
from widgets.annotate.measures_table import MeasuresTable
from widgets.annotate.parameter_form import ParameterForm
from widgets.annotate.pipeline_list import PipelineList, PipelineRow
from widgets.annotate.result_list import ResultList
from widgets.annotate.result_rows import JobResults

__all__ = [
    "AgreementChoice",
    "AgreementFigures",
    "AgreementPanel",
    "CanvasMark",
    "JobResults",
    "LaneCanvas",
    "LaneRow",
    "MeasureColumn",
    "MeasuresTable",
    "ParameterForm",
    "PipelineList",
    "PipelineRow",
    "ResultList",
    "box_spans",
    "lane_of",
    "marks_of",
]

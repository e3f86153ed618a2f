"""How a pipeline's lane came about, in lines."""

from PySide6.QtCore import QCoreApplication

from app.desktop.annotate_page.book import Lane, LaneBook
from app.desktop.annotate_page.words import when_words

MOST_PARAMETERS = 12


def _tr(text: str) -> str:
    return QCoreApplication.translate("annotate", text)


def provenance_lines(lane: Lane | None, book: LaneBook | None) -> list[str]:
    """Pipeline with version, models, parameters, device, warnings; nothing for what a person marked."""
    if lane is None or book is None or lane.result is None:
        return []
    document = book.documents.get(lane.result.result_id)
    lines: list[str] = []
    for one in document.provenance if document is not None else ():
        ended = when_words(one.ended_at)
        lines.append(
            _tr("{pipeline} {version} · {device} · {when}").format(
                pipeline=one.pipeline, version=one.pipeline_version, device=one.device, when=ended
            )
        )
        models = ", ".join(f"{model.model} {model.version}".strip() for model in one.models)
        if models:
            lines.append(_tr("Models: {models}").format(models=models))
        shown = [(name, value) for name, value in one.config.items() if name != "output_formats" and value is not None]
        words = ", ".join(f"{name} {_value_words(value)}" for name, value in shown[:MOST_PARAMETERS])
        if words:
            lines.append(words + ("…" if len(shown) > MOST_PARAMETERS else ""))
        lines += [_tr("Note: {text}").format(text=text) for text in one.warnings]
    return lines


def _value_words(value: object) -> str:
    if isinstance(value, bool):
        return _tr("on") if value else _tr("off")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(str(one) for one in value) + "]"
    return str(value)

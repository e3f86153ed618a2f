"""How a pipeline's lane came about, in lines."""

from PySide6.QtCore import QCoreApplication

from app.desktop.annotate_page.book import Lane, LaneBook
from app.desktop.annotate_page.words import when_words
from core.annotate.types import Provenance


def _tr(text: str) -> str:
    return QCoreApplication.translate("annotate", text)


def provenance_lines(lane: Lane | None, book: LaneBook | None) -> list[str]:
    """Version, device, when, models, parameters other than the defaults, warnings; nothing for what a person marked."""
    lines: list[str] = []
    for one in _provenance(lane, book):
        words = _tr("{pipeline} {version} · {device} · {when}")
        ended = when_words(one.ended_at)
        lines.append(words.format(pipeline=one.pipeline, version=one.pipeline_version, device=one.device, when=ended))
        models = ", ".join(f"{model.model} {model.version}".strip() for model in one.models)
        if models:
            lines.append(_tr("Models: {models}").format(models=models))
        changed = _changed(one)
        if changed:
            lines.append(", ".join(f"{name} {_value_words(one.config[name])}" for name in changed))
        lines += [_tr("Note: {text}").format(text=text) for text in one.warnings]
    return lines


def parameter_lines(lane: Lane | None, book: LaneBook | None) -> list[str]:
    """Every parameter on a line of its own."""
    return [
        f"{name}: {_value_words(value)}"
        for one in _provenance(lane, book)
        for name, value in one.config.items()
        if name != "output_formats"
    ]


def _provenance(lane: Lane | None, book: LaneBook | None) -> tuple[Provenance, ...]:
    if lane is None or book is None or lane.result is None:
        return ()
    document = book.documents.get(lane.result.result_id)
    return document.provenance if document is not None else ()


def _changed(provenance: Provenance) -> list[str]:
    """Parameters whose values are not the defaults; all of a pipeline that is not there any more."""
    from core.annotate.registry import registry

    pipeline = registry().find(provenance.pipeline)
    names = [name for name, value in provenance.config.items() if name != "output_formats" and value is not None]
    if pipeline is None:
        return names
    defaults = {one.name: one.default for one in pipeline.spec.parameters}
    return [name for name in names if name not in defaults or defaults[name] != provenance.config[name]]


def _value_words(value: object) -> str:
    if value is None:
        return _tr("automatic")
    if isinstance(value, bool):
        return _tr("on") if value else _tr("off")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or _tr("nothing")
    return str(value)

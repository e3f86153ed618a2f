"""Our own JSON as a file that somebody brings."""

from core.annotate.formats.faults import Faults
from core.annotate.formats.json_document import parse_document
from core.annotate.formats.source import Source, remark_other_video
from core.annotate.types import Tier


def read_json(source: Source, faults: Faults) -> list[Tier]:
    """The tiers of a document of ours."""
    document = parse_document(source.content, source.name, faults)
    remark_other_video(source.facts, [document.media.file_name], faults)
    return list(document.tiers)

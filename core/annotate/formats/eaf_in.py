"""ELAN's annotation documents, every version of them: parsed as a stream, without document types and entities.

Annotations that refer to others get their times as ELAN shows them: an association those of its parent, subdivisions
equal shares of it, in their order; slots without a time are spread evenly over the chain that they lie in.
"""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from core.annotate.formats.eaf_out import POINTS_TYPE
from core.annotate.formats.faults import Faults
from core.annotate.formats.source import Gathering, Source, remark_other_video
from core.annotate.formats.times import MOST_S
from core.annotate.types import Tier, TierKind
from core.errors import InvalidRequest

_ACTION = "Open it in ELAN and save it again."
_MS = re.compile(r"\d{1,12}(?:\.\d+)?")
_DEEPEST = 100


@dataclass(slots=True)
class _Annotation:
    line: int
    annotation_id: str
    slots: tuple[str, str] = ("", "")
    refers_to: str = ""
    previous: str = ""
    value: str = ""
    span_ms: tuple[float, float] | None = None


@dataclass(slots=True)
class _RawTier:
    line: int
    name: str
    kind: str
    parent: str
    coder: str
    annotations: list[_Annotation] = field(default_factory=list)


@dataclass(slots=True)
class _Eaf:
    """The document as it is parsed."""

    faults: Faults
    slots: dict[str, float | None] = field(default_factory=dict)
    tiers: list[_RawTier] = field(default_factory=list)
    types: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    media: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    vocabulary: str = ""

    def start(self, line: int, tag: str, attributes: dict[str, str]) -> None:
        if not self.path and tag != "ANNOTATION_DOCUMENT":
            raise InvalidRequest(
                f"It is XML, but no annotation document of ELAN: it begins with <{tag[:40]}>.", action=_ACTION
            )
        if len(self.path) > _DEEPEST:
            raise InvalidRequest(f"Line {line}: the XML is nested too deeply.", action=_ACTION)
        self.path.append(tag)
        self.text.clear()
        if tag == "TIME_SLOT":
            self._slot(line, attributes)
        elif tag == "TIER":
            name = attributes.get("TIER_ID", "")
            kind, parent = attributes.get("LINGUISTIC_TYPE_REF", ""), attributes.get("PARENT_REF", "")
            coder = attributes.get("ANNOTATOR", "") or attributes.get("PARTICIPANT", "")
            self.tiers.append(_RawTier(line, name, kind, parent, coder))
        elif tag in {"ALIGNABLE_ANNOTATION", "REF_ANNOTATION"}:
            self._annotation(line, attributes)
        elif tag == "LINGUISTIC_TYPE":
            self.types[attributes.get("LINGUISTIC_TYPE_ID", "")] = attributes
        elif tag == "CONTROLLED_VOCABULARY":
            self.vocabulary = attributes.get("CV_ID", "")
            self.words[self.vocabulary] = []
        elif tag == "MEDIA_DESCRIPTOR":
            self.media.append(attributes.get("RELATIVE_MEDIA_URL") or attributes.get("MEDIA_URL", ""))

    def _slot(self, line: int, attributes: dict[str, str]) -> None:
        slot, value = attributes.get("TIME_SLOT_ID", ""), attributes.get("TIME_VALUE")
        if value is None:
            self.slots[slot] = None
        elif _MS.fullmatch(value) and float(value) <= MOST_S * 1000:
            self.slots[slot] = float(value)
        else:
            self.faults.note(line, f"{slot} {value}", "it is no time in milliseconds")

    def _annotation(self, line: int, attributes: dict[str, str]) -> None:
        if self.tiers and "TIER" in self.path:
            slots = attributes.get("TIME_SLOT_REF1", ""), attributes.get("TIME_SLOT_REF2", "")
            refers, previous = attributes.get("ANNOTATION_REF", ""), attributes.get("PREVIOUS_ANNOTATION", "")
            annotation = _Annotation(line, attributes.get("ANNOTATION_ID", ""), slots, refers, previous)
            self.tiers[-1].annotations.append(annotation)

    def end(self, tag: str) -> None:
        self.path.pop()
        value = "".join(self.text)
        if tag == "ANNOTATION_VALUE" and self.tiers and self.tiers[-1].annotations and "TIER" in self.path:
            self.tiers[-1].annotations[-1].value = value
        elif tag in {"CV_ENTRY", "CVE_VALUE"} and self.vocabulary and value.strip():
            self.words[self.vocabulary].append(value.strip())
        elif tag == "CONTROLLED_VOCABULARY":
            self.vocabulary = ""
        self.text.clear()


def read_eaf(source: Source, faults: Faults) -> list[Tier]:
    """The tiers of the document.

    Raises InvalidRequest for a file that is no well-formed XML (naming the line), or that declares a document type.
    """
    eaf = _parsed(source, faults)
    tiers = _without_twins(eaf.tiers, faults)
    _give_times(tiers, eaf, faults)
    remark_other_video(source.facts, [_plain(name) for name in eaf.media if name], faults)
    gathering = Gathering()
    names = {tier.name for tier in tiers}
    for raw in tiers:
        points = raw.kind.startswith(POINTS_TYPE)
        tier = gathering.tier(raw.name, TierKind.POINTS if points else TierKind.INTERVALS)
        tier.coder, tier.parent = raw.coder, raw.parent if raw.parent in names else ""
        words = eaf.words.get(eaf.types.get(raw.kind, {}).get("CONTROLLED_VOCABULARY_REF", ""), [])
        tier.vocabulary = tuple(dict.fromkeys(words))
        for one in raw.annotations:
            if one.span_ms is not None:
                start_s, end_s = one.span_ms[0] / 1000, one.span_ms[1] / 1000
                tier.add(start_s, start_s if points else end_s, one.value)
    return gathering.made()


def _plain(url: str) -> str:
    from urllib.parse import unquote  # noqa: PLC0415

    return unquote(url)


def _parsed(source: Source, faults: Faults) -> _Eaf:
    eaf = _Eaf(faults)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse(*_: object) -> None:
        raise InvalidRequest(
            f"{source.name} declares a document type or entities, which no file of ELAN does; it is not read.",
            action=_ACTION,
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: eaf.start(parser.CurrentLineNumber, tag, attributes)
    parser.EndElementHandler = eaf.end
    parser.CharacterDataHandler = eaf.text.append
    try:
        parser.Parse(source.content.lstrip(), True)
    except expat.ExpatError as error:
        raise InvalidRequest(
            f"{source.name} is no well-formed XML: line {error.lineno}, {expat.errors.messages[error.code]}.",
            action=_ACTION,
        ) from error
    except (LookupError, ValueError) as error:
        raise InvalidRequest(f"{source.name} is in an encoding that XML does not know.", action=_ACTION) from error
    return eaf


def _without_twins(tiers: list[_RawTier], faults: Faults) -> list[_RawTier]:
    seen: set[str] = set()
    kept = []
    for tier in tiers:
        if not tier.name or tier.name in seen:
            what = "a second tier of this name" if tier.name else "a tier without a name"
            faults.note(tier.line, tier.name, f"{what}; its {len(tier.annotations):,} annotations are left out")
            continue
        seen.add(tier.name)
        kept.append(tier)
    return kept


def _give_times(tiers: list[_RawTier], eaf: _Eaf, faults: Faults) -> None:
    spread = sum(_spread(tier, eaf.slots) for tier in tiers)
    if spread:
        faults.remark(f"{spread:,} times were not aligned in ELAN: spread evenly between those that are.")
    by_id: dict[str, _Annotation] = {}
    for tier in tiers:
        for one in tier.annotations:
            by_id[one.annotation_id] = one
            if not one.refers_to:
                _align(one, eaf.slots, faults)
    waiting = [tier for tier in tiers if any(one.refers_to for one in tier.annotations)]
    for _ in range(_DEEPEST):  # parents first, however the tiers are ordered
        waiting = [tier for tier in waiting if not _refer(tier, by_id, eaf)]
    for tier in waiting:
        for one in tier.annotations:
            if one.refers_to and one.span_ms is None:
                faults.note(one.line, one.value, "it refers to an annotation that is not there or has no times")


def _align(one: _Annotation, slots: dict[str, float | None], faults: Faults) -> None:
    start_ms, end_ms = slots.get(one.slots[0]), slots.get(one.slots[1])
    if start_ms is None or end_ms is None:
        faults.note(one.line, one.value, "its start or its end has no time")
    elif end_ms < start_ms:
        faults.note(one.line, one.value, f"it ends before it starts ({start_ms:.0f} to {end_ms:.0f} ms)")
    else:
        one.span_ms = (start_ms, end_ms)


def _spread(tier: _RawTier, slots: dict[str, float | None]) -> int:
    """Give times to slots without one: annotations that share them form a chain from one time to the next."""
    chain: list[str] = []
    count = 0
    for one in tier.annotations:
        if chain and chain[-1] != one.slots[0]:
            chain = []
        chain = chain or [one.slots[0]]
        chain.append(one.slots[1])
        first, last = slots.get(chain[0]), slots.get(chain[-1])
        if first is None or last is None:
            continue
        for at, slot in enumerate(chain[1:-1], start=1):
            if slot in slots and slots[slot] is None:
                slots[slot] = first + (last - first) * at / (len(chain) - 1)
                count += 1
        chain = [one.slots[1]]
    return count


def _refer(tier: _RawTier, by_id: dict[str, _Annotation], eaf: _Eaf) -> bool:
    """Times of a tier whose annotations refer to others; False while those have none yet."""
    children: dict[str, list[_Annotation]] = {}
    for one in tier.annotations:
        if one.refers_to and one.span_ms is None:
            children.setdefault(one.refers_to, []).append(one)
    for parent_id, ones in children.items():
        parent = by_id.get(parent_id)
        if parent is None or parent.span_ms is None:
            continue
        whole = eaf.types.get(tier.kind, {}).get("CONSTRAINTS") == "Symbolic_Association"
        start_ms, end_ms = parent.span_ms
        step_ms = (end_ms - start_ms) / (1 if whole else len(ones))
        for at, one in enumerate(_in_order(ones)):
            from_ms = start_ms if whole else start_ms + at * step_ms
            one.span_ms = (from_ms, from_ms + step_ms)
    return all(one.span_ms is not None for one in tier.annotations if one.refers_to)


def _in_order(ones: list[_Annotation]) -> list[_Annotation]:
    """By the chain of their predecessors; as they stand in the file where it is broken."""
    after = {one.previous: one for one in ones}
    ordered: list[_Annotation] = []
    following = after.get("")
    while following is not None and len(ordered) < len(ones):
        ordered.append(following)
        following = after.get(following.annotation_id)
    return ordered if len(ordered) == len(ones) else ones

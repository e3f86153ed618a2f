"""Captions out of a prompt: what it is about becomes the hook, what else it says the beats, a call to act the cta.

Works by punctuation, a few words that people begin orders with, and what calls to action look like in some languages.
A prompt in another language is still split into its sentences; nothing is invented and nothing but orders is dropped.
"""

import re
from collections.abc import Iterable
from itertools import accumulate, pairwise

from core.render.caption_slots import clean_text
from core.render.types import Captions

LONGEST_PHRASE = 64
"""Longer sentences are split where they pause; longer pieces where a line may break."""
_SHORTEST_PHRASE = 14
_LONGEST_CTA = 60

_SENTENCE_END = re.compile(
    r"(?<![.…!?])(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？｡؟۔।॥]+[」』”’»)]*)\s*|\s*[\n\r\u2028\u2029]+\s*|\s+[•·|]\s+"
)
_BLANKS = re.compile(r"[^\S\n\r\u2028\u2029]+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|no|dr|mr|mrs|ms|st|inc|ltd|z\.B|d\.h|p\.ej)|\b[^\W\d_])\.$", re.IGNORECASE
)
_PAUSE = re.compile(r"\s*[;:，、；：]\s*|\s*,\s+|\s+[-–—]+\s+|\s*[—]\s*|،\s*")
_AND = re.compile(r"^(?:and|but|plus|&|und|y|et|e)\s+(?=\S)", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•·–—▪►✓✔]|\(?\d{1,2}[.)])\s+")
_LABEL = re.compile(
    r"^\s*(hook|headline|title|beats?|point|caption|text|cta|call[ -]to[ -]action)\s*\d{0,2}\s*[:：=]\s*(.+)$",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"^(?:please\s+|can you\s+|could you\s+)?"
    r"(?:create|make|generate|produce|render|build|design|give)\s+(?:me\s+|us\s+)?"
    r"(?:an?\s+|the\s+|some\s+)?(?:[\w-]+[ ,]+){0,6}?"
    r"(?:videos?|clips?|cuts?|ads?|adverts?|advertisements?|commercials?|reels?|shorts?|promos?|teasers?|spots?|tiktoks?|stor(?:y|ies)|montages?)"
    r"\s*(?:(?:for|about|of|on|featuring|showing|showcasing|presenting|promoting|introducing|announcing|"
    r"to (?:promote|show|present|announce|introduce)|that (?:shows|presents|promotes|announces|introduces))\s+"
    r"(?:(?:my|our|the|an?|this|these|some)\s+)?|[:.]\s*|$)",
    re.IGNORECASE,
)
_MADE_LIKE = re.compile(
    r"^(?:use|with|keep|add|include|show|no)\b.*\b(?:music|font|captions?|subtitles?|transitions?|style|tone|mood|colou?rs?|"
    r"background|pacing|voice ?over|format|aspect|seconds?)\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"an?|the|this|that|these|those|of|to|in|on|at|by|for|from|with|and|or|so|but|as|than|is|are|be|you|we|your|our|my|"
    r"its|der|die|das|eine?|und|mit|für|von|zu|le|la|les|une?|de|des|du|et|à|el|los|las|una|y|con|para",
    re.IGNORECASE,
)
_BEGINNING = re.compile(
    r"and|or|so|but|because|which|who|that|when|while|where|with|without|for|until|und|oder|damit|weil|wenn|ohne|et|ou|"
    r"pour|avec|sans|quand|y|o|para|con|sin|cuando",
    re.IGNORECASE,
)
_TAGS_ONLY = re.compile(r"^(?:[#@][\w-]+[\s,]*)+$")
_TAGS_AT_END = re.compile(r"(?:\s+#[\w-]+)+\s*$")

_CTA_START = re.compile(
    r"^(?:(?:so|and|then)\s+)?(?:shop|buy|order|pre-?order|get yours?|get (?:it|them|started|the app)|grab|try|visit|"
    r"learn more|find out more|see more|read more|sign up|subscribe|join|download|install|book|reserve|call|follow|"
    r"swipe|tap|click|register|apply|donate|vote|claim|save \d|start (?:your|now|today|free)|check (?:it|us) out|"
    r"come (?:by|visit|see)|contact us|dm us|watch now|stream now|listen now|discover more|available (?:now|at|in)|"
    r"out now|link in (?:bio|the bio)|"
    r"jetzt|mehr erfahren|hier (?:klicken|kaufen)|kaufen sie|bestellen sie|besuchen sie|entdecken sie|"
    r"compra|comprar|compre|pide|descubre|visita|suscríbete|regístrate|más información|reserva|"
    r"achetez|commandez|découvrez|essayez|visitez|abonnez|inscrivez|en savoir plus|réservez|"
    r"acquista|ordina|scopri|prova|visita|iscriviti|prenota|confira|compre|peça|saiba mais|assine|"
    r"koop|bestel|ontdek|köp|beställ|kup|zamów|купи|купить|закажи|закажите|подпишись|узнать больше)\b",
    re.IGNORECASE,
)
_CTA_ANYWHERE = re.compile(
    r"\b(?:shop now|buy now|order (?:now|today)|link in (?:the )?bio|sign up (?:now|today)|book (?:now|today)|"
    r"(?:get|try|join|download|subscribe|call|visit) (?:\w+ ){0,3}(?:now|today|free))\b"
    r"|今すぐ|詳しくは|ご購入|ご予約|お買い求め|立即|马上|馬上|点击|點擊|扫码|지금|구매|자세히|تسوق|اطلب|اشتر|احجز|اشترك|קנו|הזמינו",
    re.IGNORECASE,
)


def captions_from_prompt(prompt: str) -> Captions:
    """Hook, beats and cta in the words of the prompt; all empty where it says nothing that can be shown."""
    labelled, rest = _labelled(prompt)
    sentences = list(_sentences(rest))
    cta = labelled.cta or _taken_cta(sentences, has_more=bool(labelled.hook))
    phrases = _without_repeats(phrase for sentence in sentences for phrase in _phrases(sentence) if phrase)
    hook = labelled.hook or (phrases.pop(0) if phrases else "")
    if not hook and labelled.beats:
        return Captions(labelled.beats[0], labelled.beats[1:], _as_caption(cta))
    return Captions(hook, (*labelled.beats, *phrases), _as_caption(cta))


def phrases_of(text: str) -> list[str]:
    """A text in phrases that can be read at a glance, in its own words, each as a caption."""
    return [phrase for sentence in _split(text) for phrase in _phrases(clean_text(sentence)) if phrase]


def _labelled(prompt: str) -> tuple[Captions, str]:
    """Lines such as “Hook: …” say themselves what they are; the others are given back."""
    hook, cta, beats, others = "", "", [], []
    for line in prompt.splitlines():
        found = _LABEL.match(_BULLET.sub("", line))
        name = found[1].lower() if found else ""
        text = _as_caption(found[2]) if found else ""
        if not text:
            others.append(line)
        elif name in {"hook", "headline", "title"} and not hook:
            hook = text
        elif name.startswith(("cta", "call")) and not cta:
            cta = text
        else:
            beats.append(text)
    return Captions(hook, tuple(beats), cta), "\n".join(others)


def _sentences(prompt: str) -> Iterable[str]:
    """Sentences and lines, without what only tells how the video is to be made."""
    return (said for sentence in _split(prompt) for said in _said(sentence))


def _split(text: str) -> Iterable[str]:
    """At the ends of sentences and lines, but not after abbreviations."""
    text = _BLANKS.sub(" ", text)
    start = 0
    for found in _SENTENCE_END.finditer(text):
        so_far = text[start : found.end()].rstrip()
        if _ABBREVIATION.search(so_far) and found.end() < len(text) and "\n" not in found.group():
            continue
        yield so_far
        start = found.end()
    yield text[start:]


def _said(sentence: str) -> Iterable[str]:
    text = clean_text(_BULLET.sub("", sentence))
    text = clean_text(_ORDER.sub("", text, count=1))
    if _TAGS_ONLY.match(text) or _MADE_LIKE.match(text):
        return
    text = _TAGS_AT_END.sub("", text)
    if any(sign.isalnum() for sign in text) or any(ord(sign) > 0x2000 for sign in text):
        yield text


def _taken_cta(sentences: list[str], *, has_more: bool) -> str:
    """The call to action, taken out of the sentences: the last that is one; the only sentence stays the hook."""
    for index in range(len(sentences) - 1, -1, -1):
        sentence = sentences[index]
        alone = len(sentences) == 1 and not has_more
        if len(sentence) <= _LONGEST_CTA and not alone and (index > 0 or has_more) and _is_cta(sentence):
            return sentences.pop(index)
        parts = _split_off_cta(sentence)
        if parts is not None:
            sentences[index], cta = parts
            return cta
    return ""


def _is_cta(text: str) -> bool:
    return bool(_CTA_START.search(text) or _CTA_ANYWHERE.search(text))


def _split_off_cta(sentence: str) -> tuple[str, str] | None:
    """“…, shop now” at the end of a sentence that says something before it."""
    pauses = list(_PAUSE.finditer(sentence))
    if not pauses:
        return None
    last = pauses[-1]
    said, call = sentence[: last.start()].strip(), _AND.sub("", sentence[last.end() :].strip())
    if said and call and len(call) <= _LONGEST_CTA and _is_cta(call):
        return said, call
    return None


def _phrases(sentence: str) -> Iterable[str]:
    """A sentence, or its parts where it is too long to be read at a glance."""
    if len(sentence) <= LONGEST_PHRASE:
        return [_as_caption(sentence)]
    joined: list[str] = []
    for part, pause in _paused(sentence):
        text = _AND.sub("", part)
        short = bool(joined) and min(len(text), len(joined[-1])) < _SHORTEST_PHRASE
        if joined and short and len(joined[-1]) + len(text) + 2 <= LONGEST_PHRASE:
            joined[-1] += f"{pause}{part}"
        else:
            joined.append(text)
    return [piece for phrase in joined for piece in _broken(_as_caption(phrase))]


def _paused(sentence: str) -> Iterable[tuple[str, str]]:
    """The parts between pauses, each with the pause before it, tidied."""
    start, before = 0, ""
    for found in _PAUSE.finditer(sentence):
        if part := sentence[start : found.start()].strip():
            yield part, before
            before = f"{found.group().strip() or ' '} " if found.group().strip().isascii() else found.group().strip()
            before = f" {before}" if before.strip(" ") in {"-", "--"} else before
        start = found.end()
    if part := sentence[start:].strip():
        yield part, before


def _broken(phrase: str) -> Iterable[str]:
    """Pieces of about the same length, broken between words; writing without blanks stays whole.

    A piece rather ends before a word that begins something than after one that leans on the next.
    """
    words = phrase.split()
    count = -(-len(phrase) // (LONGEST_PHRASE + LONGEST_PHRASE // 2))
    if count < 2 or len(words) < count * 2:
        return [phrase]
    ends = list(accumulate(len(word) + 1 for word in words))
    breaks = [0]
    for number in range(1, count):
        wanted = ends[-1] * number / count
        places = range(breaks[-1] + 1, len(words) - (count - number) + 1)
        breaks.append(min(places, key=lambda place: abs(ends[place - 1] - wanted) + _cost(words, place)))
    return [" ".join(words[start:end]) for start, end in pairwise([*breaks, len(words)])]


def _cost(words: list[str], place: int) -> int:
    """In signs: how much further away a better place to break may be."""
    return (30 if _LEANING.fullmatch(words[place - 1]) else 0) - (16 if _BEGINNING.fullmatch(words[place]) else 0)


def _as_caption(text: str) -> str:
    """Without the stop at its end and quotes around it, with a capital where the writing has them."""
    tidy = clean_text(text).strip(" \t,;:-–—")
    if len(tidy) > 2 and tidy[0] + tidy[-1] in {'""', "''", "“”", "„“", "«»", "‘’"} and tidy[0] not in tidy[1:-1]:
        tidy = tidy[1:-1].strip()
    if tidy.endswith(("。", "।", "۔")) or (tidy.endswith(".") and not tidy.endswith("..") and not _initials(tidy)):
        tidy = tidy[:-1].rstrip()
    first_word = tidy.split(" ", 1)[0]
    if first_word.islower() and first_word[0].isalpha() and not _is_address(first_word):
        tidy = tidy[0].upper() + tidy[1:]
    return tidy


def _initials(text: str) -> bool:
    return bool(re.search(r"\b\w\.\w\.$", text))


def _is_address(word: str) -> bool:
    return "." in word.strip(".") or "@" in word or "/" in word


def _without_repeats(phrases: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for phrase in phrases:
        seen.setdefault(phrase.casefold(), phrase)
    return list(seen.values())

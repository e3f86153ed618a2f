"""What was said, in the formats that clients ask for."""

from app.server.json_bytes import json_answer
from core.subtitling.answers import AsrAnswer


def text_of(answer: AsrAnswer, output: str, *, words: bool = False) -> str:
    """``txt``, ``vtt``, ``srt``, ``tsv`` or ``json``; ``words`` adds the times of words to ``json``."""
    if output == "json":
        return _json(answer, words=words)
    from core.speech import subtitles  # loads pysubs2

    if output in {"srt", "vtt"}:
        return subtitles.write(subtitles.cues(answer.segments), output)
    return subtitles.write(answer.segments, output)


def _json(answer: AsrAnswer, *, words: bool) -> str:
    """As whisper-asr-webservice writes it: the whole text, the segments, the language."""
    segments = []
    for number, one in enumerate(answer.segments):
        record: dict[str, object] = {
            "id": number,
            "start": round(one.start_s, 3),
            "end": round(one.end_s, 3),
            "text": one.text,
            "avg_logprob": one.avg_logprob,
            "compression_ratio": one.compression_ratio,
            "no_speech_prob": one.no_speech_prob,
        }
        if words:
            record["words"] = [
                {"start": word.start_s, "end": word.end_s, "word": word.text, "probability": word.probability}
                for word in one.words
            ]
        segments.append(record)
    text = " ".join(one.text.strip() for one in answer.segments)
    told = {"text": text, "segments": segments, "language": answer.language.code}
    return bytes(json_answer(told).body).decode()

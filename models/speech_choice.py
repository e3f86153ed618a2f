"""Which models that write down what is said there are, from the smallest to the largest. Loads no catalogue."""

DEFAULT_SPEECH_MODEL = "whisper-base"
SPEECH_MODELS = (
    "whisper-tiny",
    "whisper-tiny.en",
    DEFAULT_SPEECH_MODEL,
    "whisper-base.en",
    "distil-small.en",
    "whisper-small",
    "whisper-small.en",
    "distil-medium.en",
    "distil-large-v2",
    "distil-large-v3",
    "distil-large-v3.5",
    "whisper-medium",
    "whisper-medium.en",
    "whisper-large-v3-turbo",
    "whisper-large-v1",
    "whisper-large-v2",
    "whisper-large-v3",
)

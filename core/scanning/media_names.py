"""Which files of a folder count, by their names alone."""

from pathlib import PurePath

_VIDEO = """
.3g2 .3gp .asf .avi .divx .dv .f4v .flv .m2ts .m2v .m4v .mkv .mov .mp4 .mpeg .mpg .mts .mxf .ogm .ogv .rm .rmvb
.ts .vob .webm .wmv .wtv
"""
_FETCHED = """
.!qb .!ut .aria2 .bc! .crdownload .download .filepart .opdownload .part .partial .temp .tmp .unfinished
"""
VIDEO_EXTENSIONS = frozenset(_VIDEO.split())
SUBTITLE_EXTENSIONS = frozenset({".srt", ".ass", ".ssa", ".vtt", ".sub", ".smi"})

_UNFINISHED = frozenset(_FETCHED.split())
_NOBODYS_FOLDERS = frozenset({"$recycle.bin", "#recycle", "@eadir", "lost+found", "system volume information"})


def extension_of(name: str) -> str:
    """``.mkv`` of ``Film.MKV``; "" without one."""
    return PurePath(name).suffix.lower()


def is_hidden(name: str) -> bool:
    """Whether people do not see it: a dot in front, or a folder that systems keep for themselves."""
    return name.startswith(".") or name.casefold() in _NOBODYS_FOLDERS


def is_unfinished(name: str) -> bool:
    """Whether it is named as programs name what they are still fetching (``film.mkv.part``)."""
    return extension_of(name) in _UNFINISHED


def is_unicode(name: str) -> bool:
    """False for a name in bytes that are no text, which Python carries as lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(name: str) -> str:
    """The name with a question mark for each byte that is no text."""
    return name.encode("utf-8", "replace").decode()

"""The one place that imports OpenCV.

Its Linux wheel points Qt to its own plug-ins by QT_QPA_PLATFORM_PLUGIN_PATH when it is imported, which breaks PySide6:
the variable is put back to what it was.
"""

import os

_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.get(name) for name in _VARIABLES}

os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")  # its remarks on its own engine are for nobody here

import cv2  # noqa: E402  the environment is looked at first

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

cv2.setNumThreads(1)  # work is spread over processes: OpenCV's own threads would only fight with them

__all__ = ["cv2"]

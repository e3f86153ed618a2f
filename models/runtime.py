"""The one place that imports onnxruntime, after models/__init__.py has said that it must not report to its maker."""

import onnxruntime as ort

ort.disable_telemetry_events()  # on Windows the environment variable does not count

__all__ = ["ort"]

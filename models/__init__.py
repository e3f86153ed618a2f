"""The catalogue of model files, fetching them, and inference sessions."""

import os

# onnxruntime reports what it runs to its maker from 1.29 on unless this is set before it is first imported, by us or by
# a library: what is on a person's machine stays there. Somebody who wants it otherwise may set it to 0.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

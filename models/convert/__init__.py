"""Model files of other programs turned into ONNX, so that one runtime runs them all, on any device."""

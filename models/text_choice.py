"""Which models that compare pictures with words there are. Loads no runtime."""

DEFAULT_IMAGE_TEXT = "clip-vit-base-patch32"
IMAGE_TEXT_MODELS = (DEFAULT_IMAGE_TEXT, "clip-vit-base-patch32-int8")

"""What inference runs on, in words for the status bar."""


def device_in_use() -> tuple[str, str]:
    """Name and reason of what ``auto`` means here. Imports the inference runtime: not for the Qt thread."""
    from models.sessions import resolve_device

    choice = resolve_device("auto")
    return str(choice.device).upper(), choice.reason

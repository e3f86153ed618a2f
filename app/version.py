"""Which Rushes this is."""


def rushes_version() -> str:
    """The installed version; ``unknown`` in a checkout that was never installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("rushes")
    except PackageNotFoundError:
        return "unknown"

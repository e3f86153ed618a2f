"""The Settings page: models, devices, storage, appearance and shortcuts."""

"""The Settings page: models, devices, server, storage, appearance and shortcuts."""

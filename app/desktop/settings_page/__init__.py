"""The Settings page: models, devices, server, storage, audit, appearance and shortcuts."""

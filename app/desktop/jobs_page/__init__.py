"""The Jobs page: every job with its progress, log, cancel and retry."""

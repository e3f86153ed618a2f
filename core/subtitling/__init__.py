"""Subtitles for a media library: the jobs that make them, their workers, what was written where, and the settings."""

"""The Automation page: subtitles for whole folders, made by rules, on a schedule, and for Bazarr."""

"""Anonymised copies of videos: faces covered, voices disguised. Times are the source's own."""

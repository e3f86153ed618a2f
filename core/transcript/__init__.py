"""The transcript of an episode: lines, words and speakers as rows, every change an edit that can be undone."""

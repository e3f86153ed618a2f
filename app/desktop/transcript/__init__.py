"""The transcript of an episode: reading it, editing it, making it. Shown on its own page and beside the player."""

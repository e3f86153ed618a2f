"""Who is on screen, when, how long, and the tracks that prove it."""

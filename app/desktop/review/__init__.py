"""The Review page: a player with faces, sound in sync, a timeline, and who is on screen."""

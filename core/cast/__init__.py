"""The facebank: cast members of shows, their reference photos, and who they may be in an episode."""

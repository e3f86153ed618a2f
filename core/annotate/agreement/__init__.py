"""How far two or more codings of a video agree: kappa, alpha, diarization error rate, and where they differ."""

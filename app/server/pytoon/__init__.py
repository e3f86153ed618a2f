"""The Pytoon API: vertical cuts from stills, captions, music and voice, as jobs."""

"""The Render page: a vertical cut from stills, captions, music and voice, seen at once and rendered to a file."""

"""The TranscriptorIO API: subtitles for a whole media library, with the speech provider for Bazarr."""

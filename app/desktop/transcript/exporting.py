"""From "export" to a subtitle file on disk."""

from pathlib import Path

from app.desktop.identities_page.exporting import Exporting

FORMATS = ("srt", "vtt", "ass", "txt", "tsv", "json", "rttm")


class TranscriptExport(Exporting):
    """Writes the transcript of an episode; one file after the other."""

    def ask_transcript(self, ep_id: str, title: str, kind: str) -> None:
        """Ask where it goes, then write it as one of FORMATS."""
        library = self._services.library

        def write(path: Path) -> Path:
            from core.transcript.export import export_transcript

            export_transcript(library, ep_id, path, kind, overwrite=True)  # the dialog has asked
            return path

        self._ask(self.tr("Export the transcript"), title, kind, self.title_of(kind), write)

    def title_of(self, kind: str) -> str:
        """A format as people know it."""
        return {
            "srt": self.tr("Subtitles (SRT)"),
            "vtt": self.tr("Subtitles for the web (WebVTT)"),
            "ass": self.tr("Styled subtitles (ASS)"),
            "txt": self.tr("Text"),
            "tsv": self.tr("Table (TSV)"),
            "json": self.tr("JSON with words and times"),
            "rttm": self.tr("Who speaks when (RTTM)"),
        }[kind]

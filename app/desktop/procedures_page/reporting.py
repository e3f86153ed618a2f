"""From "PDF report" to a file on disk."""

from pathlib import Path

from app.desktop.identities_page.exporting import Exporting
from core.errors import Canceled


class ScoreReporting(Exporting):
    """Writes the report of a score; one file after the other."""

    def ask_score_report(self, score_id: int, title: str) -> None:
        """Ask where the report goes, then write it."""
        library, stopping = self._services.library, self._services.background.stopping

        def check() -> None:
            if stopping.is_set():
                raise Canceled("The report was not finished: Rushes is closing.", action="Export it again.")

        def write(path: Path) -> Path:
            from core.reports.procedure import write_score_report

            write_score_report(library, score_id, path, check=check)
            return path

        self._ask(self.tr("Export the score report"), title, "pdf", self.tr("PDF document"), write)

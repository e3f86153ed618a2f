"""Log lines as JSON objects, one a line, for programs that collect them."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

QUIET = ("uvicorn", "asyncio")


class JsonLines(logging.Formatter):
    """``at``, ``level``, ``logger``, ``message``, then the record's own ``fields``, then ``error`` with its trace."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_json_lines(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send everything that is logged to ``stream`` (standard error), and nothing anywhere else."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)

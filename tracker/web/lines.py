"""The log of the web server: one event, one line of JSON, whatever stood in the request.

Everything outside plain ASCII is written as an escape, so that no line break, no control character of a
terminal and no quotation mark of a visitor's can begin a second line or a field of its own.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

LONGEST = 2000  # characters of one text; what is longer is cut, and says so


class OneLine(logging.Formatter):
    """Writes a record as one line: time, level, logger, message, the `fields` given along, the trace."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)[-LONGEST:]
        return line(said)


def line(said: dict[str, Any]) -> str:
    """Return an object as one line of printable ASCII."""
    cut = {key: _cut(value) for key, value in said.items()}
    return json.dumps(cut, ensure_ascii=True, separators=(",", ":")).replace("\x7f", "\\u007f")


def log_in_lines() -> None:
    """Let this process write its whole log in lines to stderr; call it once, in a web process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.getLogger().addHandler(handler)
    logging.getLogger("tracker").setLevel(logging.INFO)
    for name in ("gunicorn.error", "gunicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST] + "…"
    return value

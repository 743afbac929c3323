"""How is a log line made? Time, level, logger and message as JSON; never a form's content, never a cookie."""

from typing import Any

import structlog

CHAIN: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """For `LOGGING`, which names callables by their path but does not follow the paths inside their arguments."""
    return structlog.stdlib.ProcessorFormatter(processor=structlog.processors.JSONRenderer(ensure_ascii=False), foreign_pre_chain=CHAIN)

"""How is a log line made? Time, level, logger and message as JSON; never a form's content, never a cookie."""

import structlog

CHAIN = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

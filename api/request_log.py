"""A request id for every request, and a log line and a count for every answer."""

import json
import logging
import os
import secrets
import sys
import time
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from api.services import services

log = logging.getLogger("javumbo.requests")
_PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class LineFormatter(logging.Formatter):
    """One line a record: time, level, logger, message, then name=value for everything passed as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; values with spaces or controls are quoted, so that nobody can forge a line."""
        record.message = record.getMessage()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z"
        extra = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        parts = [stamp, record.levelname, record.name, json.dumps(record.message)]
        parts += [f"{name}={_quoted(value)}" for name, value in extra.items()]
        line = " ".join(parts)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class OriginFilter(logging.Filter):
    """Adds who says so: the worker, and the request it is handling."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass but those of a flood, which are sampled (`api.log_sampling`)."""
        record.worker = os.getpid()
        if not has_request_context():
            return True
        if "request_id" in g:
            record.request_id = g.request_id
        if g.get("left_out"):
            record.left_out = g.left_out
        return bool(g.get("is_logged", True)) or record.levelno >= logging.ERROR


def configure(level: int = logging.INFO) -> None:
    """Send the service's log to standard error. Called once by whoever owns the process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    handler.addFilter(OriginFilter())
    logger = logging.getLogger("javumbo")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


def register(app: Flask) -> None:
    """Give every request an id, answer with it, and log how it went."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.started = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    took = time.perf_counter() - g.started
    route = None if request.url_rule is None else request.url_rule.rule
    services().metrics.request(request.method, route, response.status_code, took)
    details = {
        "method": request.method,
        "path": request.path,  # never the query string: somebody may have put a token there
        "status": response.status_code,
        "ms": round(took * 1000, 1),
        "address": services().address_of(request),
    }
    log.info("answered", extra=details)
    return response


def _quoted(value: Any) -> str:
    text = str(value)
    is_plain = text.isascii() and text.isprintable() and not set(text) & set(' "=')
    return text if is_plain and text else json.dumps(text)

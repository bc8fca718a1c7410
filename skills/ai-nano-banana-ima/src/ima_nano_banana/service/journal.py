"""One log line for each request: enough to follow a run, nothing that is secret."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from ima_nano_banana.wire.redact import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ima_nano_banana.service.line import Answer
    from ima_nano_banana.service.pictures import FetchInfo
    from ima_nano_banana.wire.requests import HttpRequest

A = TypeVar("A", bound="Answer | FetchInfo")


@contextmanager
def logged(log: logging.Logger, request: HttpRequest, key: str, note: str = "") -> Iterator[Callable[[A], A]]:
    """Log a request when it ends: method, host, path, outcome, milliseconds and ``note`` (ids).

    Yields a function that notes the answer's status and passes it on. What fails is logged by its class
    alone, as the texts of exceptions hold addresses.
    """
    outcome: object = "-"

    def seen(answer: A) -> A:
        nonlocal outcome
        outcome = answer.status
        return answer

    began = time.perf_counter()
    try:
        yield seen
    except BaseException as exc:
        outcome = type(exc).__name__
        raise
    finally:
        if log.isEnabledFor(logging.INFO):
            _write(log, request, key, f"{outcome} {round((time.perf_counter() - began) * 1000)} ms {note}")


def _write(log: logging.Logger, request: HttpRequest, key: str, end: str) -> None:
    parts = urlsplit(request.url)
    log.info("%s %s %s", request.method, redact(f"{parts.hostname}{parts.path}", key), end)

"""Each answer of the service, deciphered: ``(status, headers, body)`` in, a value out or one fault raised.

No other place turns a status or a code into a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ima_nano_banana.domain.urls import trusted_answer_url
from ima_nano_banana.errors import DownloadFault, Fault, NetworkFault, RejectedFault
from ima_nano_banana.wire import refusals
from ima_nano_banana.wire.envelope import Envelope, header, integer, open_envelope, retry_after
from ima_nano_banana.wire.tasks import task_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.domain.model import TaskView
    from ima_nano_banana.errors import Phase

LONGEST_TASK_ID = 200


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """Where one picture goes (``ful``, signed) and where it can then be read (``fdl``, may hold the key)."""

    ful: str = field(repr=False)
    fdl: str = field(repr=False)


def products(
    status: int, headers: Mapping[str, str], body: bytes, *, key: str = "", now: float | None = None
) -> list[object]:
    """Return the product tree, unread.

    Raises:
        Fault: of phase ``catalog``; nothing was charged.
    """
    envelope = open_envelope(status, headers, body, key=key, now=now)
    data = _payload(envelope, "catalog")
    if isinstance(data, dict):
        return [data]
    if isinstance(data, list):
        return data
    raise refusals.by_status(envelope, "catalog")


def created(status: int, headers: Mapping[str, str], body: bytes, *, key: str = "", now: float | None = None) -> str:
    """Return the id of the task that was created (and charged).

    Raises:
        UncertainFault: the answer is neither a yes with an id nor a definite no.
        Fault: any other is a definite no; nothing was charged.
    """
    envelope = open_envelope(status, headers, body, key=key, now=now)
    task_id = _task_id(envelope.data.get("id")) if isinstance(envelope.data, dict) else None
    if task_id is not None and not envelope.succeeded:  # a no that names a task proves nothing
        raise refusals.contradictory(envelope)
    _payload(envelope, "create")
    if task_id is None:
        raise refusals.uncertain(envelope)
    return task_id


def detail(
    task_id: str, status: int, headers: Mapping[str, str], body: bytes, *, key: str = "", now: float | None = None
) -> TaskView:
    """Return one look at a task.

    Raises:
        RejectedFault: a definite answer, such as "no such task".
        AuthFault: the key is refused.
        NetworkFault: worth another look.
    """
    envelope = open_envelope(status, headers, body, key=key, now=now)
    data = _payload(envelope, "poll")
    if isinstance(data, dict) and (data.get("id") or data.get("medias") or data.get("status")):
        return task_view(task_id, data, key)
    if data is None or data in ({}, []):  # a yes about nothing: the id is not known there
        raise RejectedFault(
            "rejected.unknown_task", phase="poll", charged="yes", ima_code=envelope.code, http_status=status, id=task_id
        )
    raise refusals.by_status(envelope, "poll")


def token(
    status: int, headers: Mapping[str, str], body: bytes, *, key: str = "", now: float | None = None
) -> UploadTicket:
    """Return where to put a picture.

    Raises:
        NetworkFault: no usable answer, or addresses that a picture must not be sent to.
        Fault: a refusal; nothing was charged.
    """
    envelope = open_envelope(status, headers, body, key=key, now=now)
    data = _payload(envelope, "upload")
    ful, fdl = (data.get("ful"), data.get("fdl")) if isinstance(data, dict) else (None, None)
    if not (isinstance(ful, str) and ful and isinstance(fdl, str) and fdl):
        raise refusals.by_status(envelope, "upload")
    if not (trusted_answer_url(ful) and trusted_answer_url(fdl)):
        raise NetworkFault("upload.untrusted_place", phase="upload", http_status=status, retryable=False)
    return UploadTicket(ful, fdl)


def uploaded(status: int, headers: Mapping[str, str], *, now: float | None = None) -> None:
    """Accept the answer to the PUT of a picture.

    Raises:
        NetworkFault: a redirect (the picture goes nowhere else) or a passing trouble.
        RejectedFault: the storage refuses the picture.
    """
    if 200 <= status < 300:
        return
    fault = _by_plain_status(status, headers, "upload", now)
    raise fault or RejectedFault("upload.refused", phase="upload", http_status=status)


def fetched(url: str, status: int, headers: Mapping[str, str], *, now: float | None = None) -> None:
    """Accept the head of the answer to the GET of a picture.

    Raises:
        NetworkFault: worth another try.
        DownloadFault: it is not there.
    """
    if status in (200, 206):
        return
    fault = _by_plain_status(status, headers, "download", now)
    raise fault or DownloadFault("download.gone", phase="download", charged="yes", http_status=status, url=url)


def _by_plain_status(status: int, headers: Mapping[str, str], phase: Phase, now: float | None) -> Fault | None:
    """Return the fault of an answer whose body says nothing; ``None`` for a definite no."""
    if 400 <= status < 500 and status not in (408, 425, 429):
        return None
    envelope = Envelope(
        status=status, code=None, message="", data=None, is_object=False, retry_after=retry_after(headers, now)
    )
    return refusals.by_status(envelope, phase)


def _payload(envelope: Envelope, phase: Phase) -> object:
    if envelope.succeeded:
        return envelope.data
    raise refusals.by_status(envelope, phase) if envelope.code is None else refusals.by_code(envelope, phase)


def _task_id(value: object) -> str | None:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        return None
    text = text.strip()
    usable = 0 < len(text) <= LONGEST_TASK_ID and text.isprintable() and " " not in text
    return text if usable else None


def content_length(headers: Mapping[str, str]) -> int | None:
    """Return how many bytes the whole picture has, if the answer tells (also from ``Content-Range``)."""
    if (header(headers, "content-encoding") or "identity").lower() != "identity":
        return None
    span = header(headers, "content-range")
    length = integer(span.rpartition("/")[2] if span else header(headers, "content-length"))
    return length if length is not None and length >= 0 else None

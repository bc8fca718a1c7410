"""Whether the last word arrived: standard output took it, and so did the chat, if there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.domain.events import Failed, Succeeded
from ima_nano_banana.errors import DownloadFault

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.errors import Charged, Fault

    Rows = list[dict[str, object]]

ON_THE_WAY = ("started", "progress")


def reached(delivery: Rows | None) -> bool:
    """Tell whether the chat has the last message, by what became of every message; no chat is asked for nothing."""
    last = [row for row in delivery or () if row["step"] not in ON_THE_WAY]
    return not last or any(row["ok"] for row in last)


def unheard(last: Succeeded | Failed, reason: str) -> Fault | None:
    """Return what it means that standard output did not take the end of a run; ``None`` if nothing was paid.

    A task that still runs, or of which nobody knows, keeps its own code: the same command says the same again.
    """
    if isinstance(last, Succeeded):
        result = last.result
        return _not_told(result.task_id, reason, "yes", result)
    fault = last.fault
    if fault.task_id is None or fault.charged == "no" or fault.kind not in ("generation", "partial", "download"):
        return None
    return _not_told(fault.task_id, reason, fault.charged, fault.result)


def _not_told(task_id: str, reason: str, charged: Charged, result: Result | None) -> Fault:
    return DownloadFault(
        "download.not_told",
        phase="deliver",
        charged=charged,
        task_id=task_id,
        result=result,
        id=task_id,
        reason=reason,
    )

"""A create was sent and nobody knows what became of it. No suggestion here invites to pay again unseen."""

from __future__ import annotations

_LOOK_FIRST = (
    (
        "请先到 https://imagent.bot 查看任务和积分：已扣分就不要重发；确认没有扣分后，"
        "加 --again 再发一次；用了幂等键的，换一个新的键，"
        "或用 `nano-banana tasks settle` 登记为未扣费。程序不会自动重发"
    ),
    (
        "Look at your tasks and points at https://imagent.bot first. Only if nothing was charged, send it once more "
        "with --again; under an idempotency key, take a new key, or note with `nano-banana tasks settle` that it was "
        "not charged. It is not repeated by itself"
    ),
)

TEXTS: dict[str, tuple[str, str]] = {
    "no_answer": (
        "请求已发出，但一直没有等到服务的回答，可能已经扣分",
        "The request was sent but the service did not answer in time; it may have been charged",
    ),
    "no_answer.do": _LOOK_FIRST,
    "lost_answer": (
        "请求已发出，但连接在收到回答前断开，可能已经扣分",
        "The request was sent but the connection broke before the answer came; it may have been charged",
    ),
    "lost_answer.do": _LOOK_FIRST,
    "server_error": (
        "请求已发出，但服务出了故障，没有说清是否接受，可能已经扣分",
        "The request was sent but the service failed without saying whether it was accepted; it may have been charged",
    ),
    "server_error.do": _LOOK_FIRST,
    "bad_answer": (
        "请求已发出，但服务的回答里没有任务编号，可能已经扣分",
        "The request was sent but the answer names no task; it may have been charged",
    ),
    "bad_answer.do": _LOOK_FIRST,
    "contradictory": (
        "请求已发出，服务的回答既拒绝又给出了任务编号，可能已经扣分",
        "The request was sent and the answer refuses it but names a task all the same; it may have been charged",
    ),
    "contradictory.do": _LOOK_FIRST,
    "interrupted": (
        "请求发出后程序被中断，没有等到回答，可能已经扣分",
        "The program was interrupted after sending the request and before the answer; it may have been charged",
    ),
    "interrupted.do": _LOOK_FIRST,
    "no_task": (
        "这次请求发出后没有得到任务编号，所以无法继续取回，可能已经扣分",
        "This request was sent but no task id came back, so there is nothing to follow; it may have been charged",
    ),
    "no_task.do": _LOOK_FIRST,
}

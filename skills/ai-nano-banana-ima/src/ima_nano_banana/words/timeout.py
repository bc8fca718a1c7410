"""Still running at the deadline."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "never_shown": (
        "等待了 {seconds} 秒,服务一直没有确认它认识任务 {id};是否扣过费不清楚",
        "In {seconds} seconds the service did not say whether it knows the task {id}; it may not be paid for at all",
    ),
    "never_shown.do": (
        "请核对任务编号,稍后再试一次,不会扣费",
        "Check the task id and try again a little later; that costs nothing",
    ),
    "still_running": (
        "等待了 {seconds} 秒,图片还没有完成;任务仍在继续,已付的积分不会丢失",
        "The image was not ready after {seconds} seconds; the task goes on and nothing that was paid is lost",
    ),
    "still_running.do": (
        "稍后继续取回即可,不会再次扣费;下次可以选择更快的模型或更小的尺寸",
        "Fetch it a little later at no further cost; next time a faster model or a smaller size may help",
    ),
}

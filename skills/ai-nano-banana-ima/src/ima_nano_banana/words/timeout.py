"""Still running at the deadline."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "sibling": (
        "另一个程序正在发送同样的请求，等了 {seconds} 秒还没有结果；这次没有发送任何内容，但那个程序可能已经付费",
        (
            "Another program is sending the same request and did not finish within {seconds:second}; nothing was sent "
            "by this one, but the other may have paid"
        ),
    ),
    "sibling.do": (
        "看看那个程序是不是被暂停了，让它继续或结束它；之后重复同样的请求，会接着它的结果，不会重复扣费",
        (
            "See whether that program was paused; let it go on, or end it. Then repeat the same request: it picks up "
            "what became of the other, without paying twice"
        ),
    ),
    "never_shown": (
        "等待了 {seconds} 秒，服务一直没有确认它认识任务 {id}；是否扣过费不清楚",
        "In {seconds:second} the service did not say whether it knows the task {id}; it may not be paid for at all",
    ),
    "never_shown.do": (
        "请核对任务编号，稍后再试一次，不会扣费",
        "Check the task id and try again a little later; that costs nothing",
    ),
    "still_running": (
        "等待了 {seconds} 秒，图片还没有完成；任务仍在继续，已付的积分不会丢失",
        "The image was not ready after {seconds:second}; the task goes on and nothing that was paid is lost",
    ),
    "still_running.do": (
        "稍后继续取回即可，不会再次扣费；下次可以选择更快的模型或更小的尺寸",
        "Fetch it a little later at no further cost; next time a faster model or a smaller size may help",
    ),
}

"""Somebody pressed Ctrl-C or ended the program: what that means for the money."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "unsent": (
        "运行被中断，尚未提交任务，没有扣费",
        "The run was interrupted before anything was ordered; nothing was charged",
    ),
    "unsent.do": ("想要图片时，重新运行同一命令即可", "Run the same command again whenever you want the image"),
    "unknown": (
        "提交任务时被中断，没有收到答复，可能已经扣费",
        "The run was interrupted while the task was being ordered; it may have been charged",
    ),
    "unknown.do": (
        "请先到 IMA 控制台查看是否已有这次任务，再决定要不要重新生成",
        "Look in your IMA dashboard whether the task exists before you order it again",
    ),
    "several": (
        "运行被中断，几个任务已付费，仍在后台继续",
        "The run was interrupted; several tasks are paid for and go on without us",
    ),
    "several.do": (
        "之后可以继续取回这些图片，不会再次扣费",
        "The images can be fetched later at no further cost",
    ),
    "open": (
        "等待被中断，任务已付费，仍在后台继续",
        "The wait was interrupted; the task is paid for and goes on without us",
    ),
    "open.do": (
        "之后可以继续取回这张图片，不会再次扣费",
        "The image can be fetched later at no further cost",
    ),
}

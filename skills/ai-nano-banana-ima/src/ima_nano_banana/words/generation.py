"""The task ended without a picture."""

from __future__ import annotations

_RETRY = (
    "可以改一改描述或换个模型再试;是否退还积分,请到 https://imagent.bot 查看",
    (
        "Change the description or choose the other model and try again; whether points were refunded "
        "is shown at https://imagent.bot"
    ),
)

TEXTS: dict[str, tuple[str, str]] = {
    "failed": (
        "图片生成遇到问题,服务没有说明原因",
        "Image generation encountered an issue; the service gave no reason",
    ),
    "failed.do": _RETRY,
    "failed_because": ("图片没能生成:{reason}", "The image could not be made: {reason}"),
    "failed_because.do": _RETRY,
    "deleted": ("这个任务已在服务上被删除,图片取不到了", "The task was deleted at the service; its image is gone"),
    "deleted.do": _RETRY,
    "deleted_because": (
        "这个任务已在服务上被删除:{reason}",
        "The task was deleted at the service: {reason}",
    ),
    "deleted_because.do": _RETRY,
}

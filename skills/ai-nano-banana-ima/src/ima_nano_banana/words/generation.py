"""The task ended without a picture."""

from __future__ import annotations

_RETRY = (
    "可以改一改描述或换个模型再试；是否退还积分，请到 https://imagent.bot 查看",
    (
        "Change the description or choose the other model and try again; whether points were refunded "
        "is shown at https://imagent.bot"
    ),
)

TEXTS: dict[str, tuple[str, str]] = {
    "failed": (
        "图片生成遇到问题，服务没有说明原因",
        "Image generation encountered an issue; the service gave no reason",
    ),
    "failed.do": _RETRY,
    "failed_because": ("图片没能生成", "The image could not be made"),
    "failed_because.do": _RETRY,
    "content": (
        "内容没有通过服务的安全审核，图片没能生成",
        "The content was refused by the service's safety rules, so no image was made",
    ),
    "content.do": (
        ("请换一种描述或换一张图片，避开敏感的人物、场景和文字；是否退还积分，请到 https://imagent.bot 查看"),
        (
            "Describe it in another way or use another picture, without sensitive people, scenes or words; whether "
            "points were refunded is shown at https://imagent.bot"
        ),
    ),
    "images": (
        "服务读不了输入的图片，图片没能生成",
        "The service could not use an input picture, so no image was made",
    ),
    "images.do": (
        "请换一张普通的 JPEG、PNG 或 WebP 图片；是否退还积分，请到 https://imagent.bot 查看",
        ("Use an ordinary JPEG, PNG or WebP picture; whether points were refunded is shown at https://imagent.bot"),
    ),
    "prompt_long": ("描述太长了，图片没能生成", "The description is too long, so no image was made"),
    "prompt_long.do": _RETRY,
    "size": ("这个尺寸或宽高比没能生成图片", "No image could be made at this size or aspect ratio"),
    "size.do": _RETRY,
    "slow": ("服务处理超时，图片没能生成", "The service took too long, so no image was made"),
    "slow.do": _RETRY,
    "busy": ("服务太忙，图片没能生成", "The service was too busy, so no image was made"),
    "busy.do": _RETRY,
    "deleted": ("这个任务已在服务上被删除，图片取不到了", "The task was deleted at the service; its image is gone"),
    "deleted.do": _RETRY,
    "deleted_because": (
        "这个任务已在服务上被删除，图片取不到了",
        "The task was deleted at the service; its image is gone",
    ),
    "deleted_because.do": _RETRY,
}

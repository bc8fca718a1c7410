"""The service refused the parameters or the content."""

from __future__ import annotations

_DEFAULTS = (
    "请用默认参数再试，或降低尺寸和复杂度",
    "Retry with the default settings, or with a smaller size and less complexity",
)

TEXTS: dict[str, tuple[str, str]] = {
    "credit_mismatch": (
        "服务的价格刚刚变了，和报价对不上，这次没有扣分",
        "The service's price has just changed and no longer fits the quote; nothing was charged",
    ),
    "credit_mismatch.do": ("请再试一次，会按最新价格重新报价", "Try again; it will be quoted at the newest price"),
    "rule": (
        "所选参数和服务的计费规则对不上，这次没有扣分",
        "The settings do not fit the service's pricing rules; nothing was charged",
    ),
    "rule.do": _DEFAULTS,
    "attribute": (
        "服务的产品目录刚刚更新，这次请求已过期，没有扣分",
        "The service's catalogue has just changed and this request is out of date; nothing was charged",
    ),
    "attribute.do": ("请再试一次；如果还是这样，请用默认参数", "Try again; if it stays so, use the default settings"),
    "parameters": (
        "服务不接受这组参数，这次没有扣分",
        "The service does not accept these settings; nothing was charged",
    ),
    "parameters_unexplained": ("服务不接受这组参数", "The service does not accept these settings"),
    "parameters_unexplained.do": ("请调整尺寸或宽高比后再试", "Adjust the size or the aspect ratio and try again"),
    "parameters.do": (
        "请按提示调整描述、尺寸或宽高比后再试",
        "Adjust the description, the size or the aspect ratio accordingly and try again",
    ),
    "backend": (
        "服务暂时处理不了这个请求，可能是参数太复杂，这次没有扣分",
        "The service could not handle this request, perhaps because it is too complex; nothing was charged",
    ),
    "backend.do": (
        "请稍后再试，或换小一点的尺寸、更简单的描述",
        "Try again later, or with a smaller size or a simpler description",
    ),
    "model_unavailable": (
        "这个模型暂时不可用，这次没有扣分",
        "This model is not available at the moment; nothing was charged",
    ),
    "model_unavailable.do": ("请稍后再试，或换另一个模型", "Try again later, or choose the other model"),
    "other": ("服务拒绝了这个请求，这次没有扣分", "The service refused this request; nothing was charged"),
    "other.do": (
        "请修改描述或参数后再试，或换个模型试试",
        "Change the description or the settings and try again, or choose the other model",
    ),
    "content": (
        "内容没有通过服务的安全审核，这次没有扣分",
        "The content was refused by the service's safety rules; nothing was charged",
    ),
    "content.do": (
        "请换一种描述或换一张图片，避开敏感的人物、场景和文字",
        "Describe it in another way or use another picture, without sensitive people, scenes or words",
    ),
    "images": (
        "服务读不了输入的图片，这次没有扣分",
        "The service could not use an input picture; nothing was charged",
    ),
    "images.do": (
        "请换一张普通的 JPEG、PNG 或 WebP 图片，或改用本地文件",
        "Use an ordinary JPEG, PNG or WebP picture, or a local file instead of a link",
    ),
    "prompt_long": ("描述太长了，这次没有扣分", "The description is too long; nothing was charged"),
    "prompt_long.do": ("请把描述写短一些再试", "Shorten the description and try again"),
    "size": (
        "服务不接受这个尺寸或宽高比，这次没有扣分",
        "The service does not accept this size or aspect ratio; nothing was charged",
    ),
    "size.do": ("请换一个尺寸或宽高比再试", "Try another size or aspect ratio"),
    "slow": ("服务处理超时，这次没有扣分", "The service took too long with this request; nothing was charged"),
    "slow.do": _DEFAULTS,
    "busy": ("服务现在很忙，这次没有扣分", "The service is busy at the moment; nothing was charged"),
    "busy.do": ("请稍后再试", "Try again a little later"),
    "unexplained": (
        "服务拒绝了这个请求，没有说明原因",
        "The service refused the request without giving a reason",
    ),
    "unexplained.do": ("请稍后重试或换个模型试试", "Please retry or switch model"),
    "forgotten_task": (
        "任务 {id} 已付费，但服务说没有这个任务了，图片暂时取不到",
        "The task {id} is paid for, but the service says that it has it no more; its picture can't be fetched",
    ),
    "forgotten_task.do": (
        "可以过一会儿再取一次（免费）；是否退还积分，请到 https://imagent.bot 查看",
        "Fetch it once more a little later (free); whether points were refunded is shown at https://imagent.bot",
    ),
    "unknown_task": ("服务不认识任务 {id}", "The service does not know the task {id}"),
    "unknown_task.do": (
        "请核对任务编号，并确认用的是创建它的那个密钥；太旧的任务可能已被删除",
        "Check the task id, and that the API key is the one that created it; very old tasks may be gone",
    ),
}

"""Above a ceiling or a stored limit; refused on this machine, nothing was spent."""

from __future__ import annotations

_LIMITS = (
    "可以用 `nano-banana limits` 查看或调整限额，或选择更小的尺寸",
    "`nano-banana limits` shows and changes the limits; a smaller size costs less",
)
_WAIT = (
    "请等到 {resets} 之后再试，或用 `nano-banana limits` 调整限额",
    "Wait until {resets}, or change the limit with `nano-banana limits`",
)

TEXTS: dict[str, tuple[str, str]] = {
    "all_run": (
        "需要 {credit} 积分，超过了所有人共用的每次运行 {limit} 积分的限额",
        "This costs {credit:point}, above the limit of {limit:point} for one run of everybody",
    ),
    "all_run.do": _LIMITS,
    "all_day": (
        "需要 {credit} 积分，而所有人合计的每日限额 {limit} 积分{left:已经用完|只剩 1|只剩 {left}}（{resets} 重置）",
        (
            "This costs {credit:point}, but {left:nothing|only 1|only {left}} of everybody's daily {limit} "
            "{left:is|is|are} left (resets {resets})"
        ),
    ),
    "all_day.do": _WAIT,
    "all_month": (
        "需要 {credit} 积分，而所有人合计的每月限额 {limit} 积分{left:已经用完|只剩 1|只剩 {left}}（{resets} 重置）",
        (
            "This costs {credit:point}, but {left:nothing|only 1|only {left}} of everybody's monthly {limit} "
            "{left:is|is|are} left (resets {resets})"
        ),
    ),
    "all_month.do": _WAIT,
    "user_run": (
        "需要 {credit} 积分，超过了用户 {user} 每次运行 {limit} 积分的限额",
        "This costs {credit:point}, above the limit of {limit:point} for one run of user {user}",
    ),
    "user_run.do": _LIMITS,
    "user_day": (
        "需要 {credit} 积分，而用户 {user} 的每日限额 {limit} 积分{left:已经用完|只剩 1|只剩 {left}}（{resets} 重置）",
        (
            "This costs {credit:point}, but {left:nothing|only 1|only {left}} of the daily {limit} of user {user} "
            "{left:is|is|are} left (resets {resets})"
        ),
    ),
    "user_day.do": _WAIT,
    "user_month": (
        "需要 {credit} 积分，而用户 {user} 的每月限额 {limit} 积分{left:已经用完|只剩 1|只剩 {left}}（{resets} 重置）",
        (
            "This costs {credit:point}, but {left:nothing|only 1|only {left}} of the monthly {limit} of user {user} "
            "{left:is|is|are} left (resets {resets})"
        ),
    ),
    "user_month.do": _WAIT,
    "max_credits": (
        "需要 {credit} 积分，超过了允许的 {max_credits} 积分",
        "This costs {credit:point}, above the {max_credits} that you allowed",
    ),
    "max_credits.do": (
        "可以允许更多积分，或选择更小的尺寸、更少的张数",
        "Allow more, or choose a smaller size or fewer images",
    ),
    "ask": (
        "需要 {credit} 积分，超过了不必先问的 {max_credits} 积分；没有花费",
        "This costs {credit:point}, above the {max_credits} that may be spent without asking; nothing was spent",
    ),
    "ask.do": (
        "先问用户；得到同意后再运行同一命令，并写 --max-credits {credit}",
        "Ask the user first; after a yes, run the same command with --max-credits {credit}",
    ),
    "batch": (
        "需要 {credit} 积分，而这个批次的预算 {limit} 积分{left:已经用完|只剩 1|只剩 {left}}",
        (
            "This costs {credit:point}, but {left:nothing|only 1|only {left}} of the batch's budget of {limit} "
            "{left:is|is|are} left"
        ),
    ),
    "batch.do": (
        "用更大的 --max-credits 再运行同一命令，就会从这里继续",
        "Run the same command with a larger --max-credits to continue from here",
    ),
    "dearer": (
        "价格刚刚从 {quoted} 积分涨到 {credit} 积分；没有扣费",
        "The price has just risen from {quoted} to {credit:point}; nothing was charged",
    ),
    "dearer.do": (
        "如果接受新价格，请再运行一次同一命令",
        "If the new price is fine, run the same command once more",
    ),
    "frozen": (
        "已冻结，暂时不能生成新图片（原因：{reason}）；没有扣费",
        "New images are frozen for now (reason: {reason}); nothing was charged",
    ),
    "frozen.do": (
        "管理者运行 `nano-banana limits unfreeze` 即可解除；已付费的任务照常取回",
        "Whoever froze them ends it with `nano-banana limits unfreeze`; what is paid is still fetched",
    ),
    "no_spend": (
        "需要 {credit} 积分，但这次运行不允许花费积分",
        "This costs {credit:point}, but this run may not spend any",
    ),
    "no_spend.do": ("请在允许花费的情况下再运行", "Run it again where spending is allowed"),
}

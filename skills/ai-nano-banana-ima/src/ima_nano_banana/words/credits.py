"""Not enough points, or a subscription is needed (the seed's error playbook, 4008)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "insufficient": ("积分不足，这次没有扣分", "Credits are insufficient; nothing was charged"),
    "insufficient.do": (
        "请充值：https://www.imaclaw.ai/imaclaw/subscription，或换成更便宜的尺寸或模型",
        "Recharge: https://www.imaclaw.ai/imaclaw/subscription, or choose a cheaper size or model",
    ),
    "subscription": (
        "这个模型需要订阅后才能使用，这次没有扣分",
        "This model needs a subscription; nothing was charged",
    ),
    "subscription.do": (
        "请升级订阅：https://www.imaclaw.ai/imaclaw/subscription，或换一个模型",
        "Upgrade: https://www.imaclaw.ai/imaclaw/subscription, or choose another model",
    ),
}

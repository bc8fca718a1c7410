"""What the live product list says that keeps a request from being priced."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "model_missing": ("服务目前没有提供 {model}", "The service does not offer {model} at the moment"),
    "model_missing.do": ("请稍后重试或换个模型试试", "Retry later or switch model"),
    "no_rule": (
        "服务没有为这组设置标价：{wish}",
        "The service names no price for these settings: {wish}",
    ),
    "no_rule.do": ("请换一个尺寸或换个模型试试", "Try another size or switch model"),
    "changed": (
        "服务的产品目录刚刚变了，报价时的那种图片现在没有了，这次没有扣分",
        "The service's catalogue has just changed and no longer has what was quoted; nothing was charged",
    ),
    "changed.do": ("请重新报价后再决定", "Ask for a new quote and decide again"),
    "two_prices": (
        "服务为同一组设置标了不同的价格：{prices}",
        "The service names different prices for the same settings: {prices}",
    ),
    "two_prices.do": ("请换一个尺寸，或稍后重试", "Try another size, or retry later"),
}

"""Why something is not what was asked."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "eight_k": ("不支持 8K，已改用 {to}", "8K is not supported; {to} is used instead"),
    "budget_size": (
        "最便宜的设置是 {from_}，但按您指定的尺寸使用 {to}",
        "The cheapest setup means {from_}, but the size you named is used: {to}",
    ),
    "step_down": (
        "服务拒绝了 {from_}，已改用较小的 {to}，不会更贵",
        "The service refused {from_}; the smaller {to} is used instead, at no higher price",
    ),
    "measured_size": (
        "要求的尺寸是 {from_}，收到的图片是 {to}",
        "{from_} was asked for, but the picture that came back is {to}",
    ),
    "measured_ratio": (
        "要求的宽高比是 {from_}，收到的图片是 {to}",
        "The aspect ratio {from_} was asked for, but the picture that came back is {to}",
    ),
    "watermark_url": (
        "服务只给出了带水印的图片",
        "The service gave only a watermarked picture",
    ),
    "preview_url": (
        "服务只给出了预览图",
        "The service gave only a preview of the picture",
    ),
    "more_pictures": (
        "要求的张数是 {from_}，收到了 {to} 张",
        "{from_:image} {from_:was|were} asked for, but {to} came back",
    ),
    "same_picture": (
        "收到的 {from_} 张图片里有重复的，不同的只有 {to} 张",
        "The service gave the same image more than once: of {from_}, only {to} {to:is|are} different",
    ),
}

"""Some of several pictures failed."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "some_failed": (
        "要的 {count} 张图片只完成了 {made} 张，其余没有生成",
        "Only {made} of the {count:image} could be made",
    ),
    "some_failed.do": (
        "完成的图片已经给你；缺少的可以另外生成，会再次计费",
        "The finished images are yours; missing ones can be ordered anew, which costs points again",
    ),
}

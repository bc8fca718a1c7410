"""What the service's own words mean, so that a person is told it in ours.

The words themselves hold class names, parameters and JSON; they go to the log and into the error's ``detail``.
"""

from __future__ import annotations

import re
from typing import Literal

Meaning = Literal["content", "images", "prompt_long", "size", "slow", "busy"]

# The first that fits; a text that fits none is told without a reason.
_MEANINGS: tuple[tuple[Meaning, str], ...] = (
    (
        "content",
        (
            r"safety|polic(y|ies)\b|moderat|sensitive|prohibit|block(ed|list)|violat|nsfw|inappropriate|harmful|sexual"
            r"|porn"
            r"|violen|copyright|recitation|content\W.{0,20}(reject|filter|refus|not allowed)"
            r"|违规|敏感|审核|色情|涉黄|涉政|暴力|安全策略|不合规|违反|侵权"
        ),
    ),
    (
        "images",
        (
            r"\b(input|source|reference|upload\w*|src|init)[ _-]?(image|picture|img|photo)"
            r"|\b(image|picture|img|photo)s?\b.{0,40}(download|fetch|load|decod|format|corrupt"
            r"|too (large|big)|invalid|url"
            r"|unsupported|expired|unreachable|not accessible)"
            r"|(download|fetch|load|decod)\w*.{0,30}\b(image|picture|img)"
            r"|(输入|参考|上传|原)图|图片.{0,8}(下载|读取|格式|损坏|过大|失效|无效)"
        ),
    ),
    (
        "prompt_long",
        (
            r"(prompt|text|description|input).{0,30}(too long|length|exceed)|too many (tokens|characters)|token limit"
            r"|(提示词|描述|文本).{0,8}(过长|太长|超长|超出)"
        ),
    ),
    ("size", r"\bsize\b|resolution|aspect|\bratio\b|pixels?\b|dimension|尺寸|分辨率|宽高比|比例|像素"),
    ("slow", r"time[sd]?[ -]?out|timing out|deadline|took too long|expired|超时|过期"),
    (
        "busy",
        (
            r"\bbusy\b|overload|capacity|queue|too many requests|\brate\b|quota|try again|unavailable|throttl"
            r"|繁忙|排队|限流|稍后"
        ),
    ),
)
_READ = tuple((meaning, re.compile(pattern, re.IGNORECASE)) for meaning, pattern in _MEANINGS)


def meaning_of(text: str | None) -> Meaning | None:
    """Return what a text of the service says, as far as it can be told."""
    if not text:
        return None
    return next((meaning for meaning, pattern in _READ if pattern.search(text)), None)

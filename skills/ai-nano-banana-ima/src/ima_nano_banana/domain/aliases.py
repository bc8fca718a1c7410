"""The words that people use for models and for sizes."""

from __future__ import annotations

import unicodedata

from ima_nano_banana.domain import scope
from ima_nano_banana.errors import UsageFault

_DEFAULT = ("默认", "default")

# 8K is made by no model; it becomes 4K with a notice (interface, section 2).
_SIZES = {"512": "512px", "512px": "512px", "1k": "1K", "2k": "2K", "4k": "4K", "8k": "8K"}

SIZE_WORDS = ("512", "1K", "2K", "4K")
"""The sizes as they are typed."""


def folded(text: str) -> str:
    """Return ``text`` for comparing: trimmed, any case, full-width forms as plain ones, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def means_default(word: str) -> bool:
    """Tell whether a word asks for the default: what the user had remembered, else flash."""
    return folded(word) in _DEFAULT


def word_of(model_id: str) -> str:
    """Return the short word for a model, where there is little room; another model keeps its id."""
    return next((one.word for one in scope.MODELS if one.model_id == model_id), model_id)


def model_words() -> tuple[str, ...]:
    """Return the words that are offered for a model, the short ones first."""
    cheapest = (one.cheapest[0] for one in scope.MODELS if one.cheapest)
    return (*cheapest, *(one.word for one in scope.MODELS), *scope.ids())


def model_of(word: str) -> tuple[str, str | None]:
    """Return the model id that ``word`` means, and the size that comes with it.

    Raises:
        UsageFault: the word means no model of ours.
    """
    known = folded(word)
    if known in _DEFAULT:
        return scope.default_id(), None
    for one in scope.MODELS:
        if known in one.cheapest:
            return one.model_id, one.cheapest_size
        if known in (one.model_id, one.word, *one.words):
            return one.model_id, None
    raise UsageFault("usage.model_unknown", model=word, models=scope.ids())


def size_of(word: str) -> str:
    """Return the service's spelling of a size, or the word itself: the live options judge it."""
    return _SIZES.get(folded(word).replace(" ", ""), word)


COLUMN_WORDS = {
    "id": "编号 編號 序号 序號 行号 名称 名稱 标识",
    "prompt": "提示词 提示詞 提示 提示语 提示語 描述 画面描述 内容 prompts",
    "images": "图片 圖片 图像 图 参考图 參考圖 参考图片 输入图片 输入图 原图 image input_images input_image",
    "model": "模型 model_id 型号",
    "size": "尺寸 大小 分辨率 解析度 清晰度 resolution",
    "aspect_ratio": "比例 宽高比 寬高比 长宽比 長寬比 画幅 ratio aspectratio",
    "count": "张数 張數 数量 數量 个数 n number",
    "output": "输出 輸出 文件名 文件 保存为 输出文件 输出路径 filename",
    "user": "用户 用戶 使用者 user_id",
}
"""What people write above the columns of a table."""

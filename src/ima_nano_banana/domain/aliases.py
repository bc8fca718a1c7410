"""The words that people use for the two models and for sizes."""

from __future__ import annotations

import unicodedata

from ima_nano_banana.domain.model import FLASH, MODEL_IDS, PRO
from ima_nano_banana.errors import UsageFault

BUDGET_SIZE = "512px"
_DEFAULT = ("默认", "default")
_FLASH = (*_DEFAULT, "平衡", "banana2", "nb2", "nano-banana-2", "nano banana 2", "flash", FLASH)
_BUDGET = ("最便宜", "budget", "cheap", "cheapest")
_PRO = ("最好", "高质量", "pro", "premium", "best", "nano-banana-pro", "nano banana pro", PRO)

# 8K is not made by either model; it becomes 4K with a notice (interface, section 2).
_SIZES = {"512": "512px", "512px": "512px", "1k": "1K", "2k": "2K", "4k": "4K", "8k": "8K"}

MODEL_WORDS = ("budget", "flash", "pro", FLASH, PRO)
"""The words that a shell offers for a model."""
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
    return {FLASH: "flash", PRO: "pro"}.get(model_id, model_id)


def model_of(word: str) -> tuple[str, str | None]:
    """Return the model id that ``word`` means, and the size that comes with it.

    Raises:
        UsageFault: the word means neither of the two models.
    """
    known = folded(word)
    if known in _BUDGET:
        return FLASH, BUDGET_SIZE
    if known in _FLASH:
        return FLASH, None
    if known in _PRO:
        return PRO, None
    raise UsageFault("usage.model_unknown", model=word, models=MODEL_IDS)


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

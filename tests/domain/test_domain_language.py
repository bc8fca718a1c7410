"""Which language is spoken, and which spellings name one."""

from __future__ import annotations

import pytest

from ima_nano_banana.domain.language import spelled
from ima_nano_banana.errors import UsageFault


@pytest.mark.parametrize("asked", ["zh", "ZH", "zh-CN", "zh_TW", "zh-Hans", "zh_Hans_CN", "zh_CN.UTF-8", " zh "])
def test_chinese_has_many_spellings(asked: str) -> None:
    assert spelled(asked) == "zh"


@pytest.mark.parametrize("asked", ["en", "EN", "en-US", "en_GB", "en_US.UTF-8", "en_DE@euro"])
def test_english_has_many_spellings(asked: str) -> None:
    assert spelled(asked) == "en"


@pytest.mark.parametrize(
    "asked", ["", " ", "fr", "english", "zhx", "enu", "cn", "C", "de_DE", "z h", "zh--CN", "zh-", "中文"]
)
def test_anything_else_names_none(asked: str) -> None:
    with pytest.raises(UsageFault):
        spelled(asked)

"""The texts of steps 0 to 4 are the skill's own, and none invites anybody to pay twice."""

from __future__ import annotations

import pytest

from ima_nano_banana.domain.events import Acknowledged, Failed, Progress, Started, Succeeded
from ima_nano_banana.domain.model import Result
from ima_nano_banana.doors import messages
from ima_nano_banana.errors import (
    AuthFault,
    BudgetFault,
    CreditsFault,
    DownloadFault,
    Fault,
    GenerationFault,
    InterruptedFault,
    PartialFault,
    TimeoutFault,
    UncertainFault,
)

RESULT = Result(
    task_id="t1",
    urls=("https://cdn.example/1.png",),
    files=(),
    cover_url=None,
    model_id="gemini-3.1-flash-image",
    model_name="Nano Banana 2",
    version_id="v",
    credit=6,
    size="1K",
    aspect_ratio="1:1",
    count=1,
    width=None,
    height=None,
    requested=None,
    adjustments=(),
    expected_seconds=(20, 40),
    elapsed_seconds=31.4,
    sandbox=False,
    language="zh",
)
STARTED = Started(
    task_type="text_to_image",
    model_name="Nano Banana 2",
    size="1K",
    aspect_ratio="1:1",
    count=1,
    credit=6,
    expected_seconds=(20, 40),
)
TIMEOUT = TimeoutFault("timeout.still_running", charged="yes", task_id="t1", seconds=600)


def test_every_step_has_the_words_of_the_skill_in_chinese() -> None:
    assert messages.of(Acknowledged(), "zh", 0) == "收到,马上开始生成。"
    assert messages.of(STARTED, "zh", 0) == (
        "🎨 开始生成图片,请稍候…\n• 模型:Nano Banana 2\n• 预计耗时:20~40 秒\n• 消耗积分:6 pts"
    )
    assert messages.of(Progress(percent=37, max_seconds=40), "zh", 15.2) == (
        "⏳ 正在生成中… 37%\n已等待 15s,预计最长 40s"
    )
    assert messages.of(Succeeded(result=RESULT), "zh", 31) == (
        "✅ 图片生成成功!\n• 模型:Nano Banana 2\n• 耗时:预计 20~40s,实际 31s\n• 消耗积分:6 pts\n"
        "🔗 原始链接:https://cdn.example/1.png"
    )
    failed = messages.of(Failed(fault=GenerationFault("generation.failed", charged="unknown")), "zh", 9, "chat")
    lines = failed.splitlines()
    assert lines[0] == "❌ 图片生成失败"
    assert lines[1].startswith("• 原因:")
    assert lines[2].startswith("• 建议:")
    assert lines[3:] == ["需要我帮你重试吗?"]


def test_every_step_speaks_english_too() -> None:
    assert messages.of(Acknowledged(), "en", 0) == "OK, generating now."
    for event in (STARTED, Progress(percent=1, max_seconds=40), Succeeded(result=RESULT), Failed(fault=TIMEOUT)):
        told = messages.of(event, "en", 3)
        assert not any("\u4e00" <= char <= "\u9fff" for char in told)
        assert "{" not in told


def test_a_late_task_is_told_kindly_and_stays_at_95() -> None:
    told = messages.of(Progress(percent=95, max_seconds=40, late=True), "zh", 61)
    assert told.startswith("⏳ 正在生成中… 95%\n已等待 61s，")
    assert "40s" in told


def test_a_joined_task_says_that_nothing_more_is_charged() -> None:
    joined = Started(
        task_type=None,
        model_name=None,
        size=None,
        aspect_ratio=None,
        count=1,
        credit=None,
        expected_seconds=(20, 40),
        joined=True,
    )
    told = messages.of(joined, "zh", 0)
    assert "不会再次扣费" in told
    assert "None" not in told


@pytest.mark.parametrize(
    ("fault", "offer"),
    [
        (CreditsFault("credits.insufficient"), "events.offer_retry"),
        (AuthFault("auth.refused"), None),
        (BudgetFault("budget.user_day"), None),
        (BudgetFault("budget.all_month"), None),
        (BudgetFault("budget.dearer"), None),
        (GenerationFault("generation.failed", charged="unknown"), "events.offer_retry"),
        (TIMEOUT, "events.offer_fetch"),
        (DownloadFault("download.gone", charged="yes", task_id="t1"), "events.offer_fetch"),
        (InterruptedFault("interrupted.open", charged="yes", task_id="t1"), "events.offer_fetch"),
        (InterruptedFault("interrupted.unknown", charged="unknown"), None),
        (InterruptedFault("interrupted.unsent"), "events.offer_retry"),
        (UncertainFault("uncertain.lost", charged="unknown"), None),
        (PartialFault("partial.some_failed", charged="yes", task_id="t1", made=1, count=2), None),
    ],
)
def test_the_last_line_never_invites_to_pay_a_second_time(fault: Fault, offer: str | None) -> None:
    assert messages.closing(fault) == offer


def test_a_failure_without_a_text_of_its_own_is_still_reported() -> None:
    for code in ("no_such_topic.x", "usage.no_such_text", "download.gone"):
        told = messages.failed(DownloadFault(code, charged="yes", task_id="t1"), "en")
        assert "please retry or switch model" in told

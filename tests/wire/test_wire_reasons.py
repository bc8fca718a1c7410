"""The service's own words are understood where that can be, and never shown to a person as they are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana import words
from ima_nano_banana.doors import messages, present
from ima_nano_banana.errors import Fault
from ima_nano_banana.wire import answers
from ima_nano_banana.wire.reasons import meaning_of
from ima_nano_banana.wire.redact import without

RAW = [
    "com.ima.gateway.BizException: attribute_id=4401 mismatch",
    '{"err":{"type":"INVALID_ARGUMENT","field":"parameters[0].cast"}}',
    "java.lang.NullPointerException at ImageTaskService.create(ImageTaskService.java:211)",
    "rpc error: code = InvalidArgument desc = model_version not found",
    "Traceback (most recent call last): KeyError: 'attribute_id'",
]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("The content was rejected by the safety policy", "content"),
        ("PROHIBITED_CONTENT", "content"),
        ("finishReason: IMAGE_SAFETY", "content"),
        ("内容违规，审核不通过", "content"),
        ("failed to download the input image", "images"),
        ("参考图读取失败", "images"),
        ("prompt is too long, max 4000", "prompt_long"),
        ("image must be at least 921600 pixels", "size"),
        ("宽高比不支持", "size"),
        ("generation timed out", "slow"),
        ("too many requests in queue", "busy"),
        ("系统繁忙", "busy"),
        ("upstream generation error", None),
        ("", None),
        (None, None),
    ],
)
def test_what_the_service_says_is_understood(text, meaning):
    assert meaning_of(text) == meaning


def refusal(message: str, code: int) -> Fault:
    body = {"code": code, "message": message, "timestamp": 1_789_305_859}
    with pytest.raises(Fault) as caught:
        answers.created(200, {}, json.dumps(body).encode())
    return caught.value


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("code", [400, 401, 403, 404, 4008, 4014, 5001, 500, 503, 6006, 6009, 6010, 7311])
@pytest.mark.parametrize("raw", RAW)
def test_a_person_never_reads_what_only_a_developer_understands(raw, code, language):
    fault = refusal(raw, code)
    told = present.error(fault, language, sandbox=False, resume_command=None)
    shown = f"{told['message']} {told['suggestion']} {messages.failed(fault, language)}"
    for piece in ("attribute", "Exception", "{", "}", "java", "rpc", "Traceback", str(code), raw[:12]):
        assert piece not in shown
    assert str(told["detail"]).startswith(raw[:40])


@given(st.text(max_size=80), st.integers(400, 9999))
def test_no_message_of_the_service_reaches_a_person_or_breaks_a_text(message, code):
    fault = refusal(f"Qzx {message}", code)
    assert "Qzx" not in messages.failed(fault, "en") + messages.failed(fault, "zh")


def test_a_prompt_that_the_service_repeats_is_taken_out_of_what_is_logged():
    prompt = "A secret birthday  cake for Mallory\nwith candles"
    said = "blocked: 'a secret birthday cake for mallory with candles' (rule 7)"
    assert without(said, prompt) == "blocked: '…' (rule 7)"
    assert without("blocked: …y cake for Mallory with… (7)", prompt) == "blocked: … (7)"
    assert "蛋糕" not in without("违规：生日蛋糕和蜡烛", "给小明画一个生日蛋糕和蜡烛")
    assert without("too many pixels", prompt) == "too many pixels"
    assert without("anything", "") == "anything"

"""Objects for programs have exactly the keys of the interface."""

from __future__ import annotations

from dataclasses import replace

from test_doors_messages import RESULT

from ima_nano_banana import words
from ima_nano_banana.domain.model import Adjustment, Offer, Quote, Requested, Rule
from ima_nano_banana.doors import messages, present
from ima_nano_banana.errors import DownloadFault, PartialFault, TimeoutFault, UsageFault

ERROR_KEYS = {
    *("kind", "message", "suggestion", "phase", "ima_code", "http_status", "task_id", "retryable", "charged"),
    *("resume_command", "language", "sandbox", "message_full", "detail"),
}


def test_a_result_keeps_the_old_keys_and_has_the_added_ones() -> None:
    asked = Requested(
        task_type="text_to_image", model_id="gemini-3.1-flash-image", size="8K", aspect_ratio=None, count=1
    )
    made = replace(RESULT, requested=asked, adjustments=(Adjustment("size", "8K", "4K", "adjust.eight_k"),))
    body = present.result(made, "en")
    assert set(body) >= {"task_id", "url", "cover_url", "model_id", "model_name", "credit"}
    assert set(body) >= {
        *("urls", "files", "size", "aspect_ratio", "count", "width", "height", "requested", "adjustments"),
        *("expected_seconds", "elapsed_seconds", "sandbox", "version_id", "language", "message"),
    }
    assert body["expected_seconds"] == [20, 40]
    assert body["requested"] == {
        "task_type": "text_to_image",
        "model_id": "gemini-3.1-flash-image",
        "size": "8K",
        "aspect_ratio": None,
        "count": 1,
    }
    [adjustment] = body["adjustments"]
    assert {key: adjustment[key] for key in ("field", "from", "to")} == {"field": "size", "from": "8K", "to": "4K"}
    assert set(adjustment) == {"field", "from", "to", "reason"}


def test_an_error_has_exactly_the_keys_of_the_interface() -> None:
    fault = TimeoutFault("timeout.still_running", phase="poll", charged="yes", task_id="t", seconds=1)
    body = present.failure(fault, "zh", sandbox=True, resume_command="nano-banana resume t")
    assert set(body) == {"error"}
    assert set(body["error"]) == ERROR_KEYS
    assert body["error"]["kind"] == "timeout"
    assert body["error"]["language"] == "zh"


def test_an_unsaved_picture_has_its_url_in_the_error() -> None:
    fault = DownloadFault("download.gone", charged="yes", task_id="t", result=RESULT, url=RESULT.url)
    error = present.failure(fault, "en", sandbox=False, resume_command=None)["error"]
    assert error["url"] == "https://cdn.example/1.png"
    assert error["urls"] == ["https://cdn.example/1.png"]


def test_partial_success_is_the_result_with_the_error_beside_it() -> None:
    fault = PartialFault("partial.some_failed", charged="yes", task_id="t", result=RESULT, made=1, count=2)
    body = present.failure(fault, "en", sandbox=False, resume_command=None)
    assert body["urls"] == ["https://cdn.example/1.png"]
    assert body["credit"] == 6
    assert body["error"]["kind"] == "partial"
    assert "generated!" not in body["message"]


def test_a_quote_has_exactly_the_keys_of_the_interface() -> None:
    offer = Offer(
        task_type="text_to_image",
        model_id="gemini-3.1-flash-image",
        version_id="v",
        name="Nano Banana 2",
        fields=(),
        rules=(),
        eet=None,
    )
    priced = Quote(offer=offer, rule=Rule(1, 6, {}), parameters={}, size="1K", aspect_ratio="1:1", count=2)
    body = present.quote(priced, "en", sandbox=False, expected=(20, 40))["quote"]
    assert set(body) == {
        *("task_type", "model_id", "model_name", "version_id", "size", "aspect_ratio", "count", "credit_each"),
        *("credit", "expected_seconds", "adjustments", "sandbox", "message"),
    }
    assert (body["credit_each"], body["credit"]) == (6, 12)


def test_elapsed_seconds_agree_with_the_percentage_reckoned_from_them() -> None:
    assert present.seconds(23.99996) == 23.999


def test_a_hint_stands_only_where_a_chat_is_told_less_than_its_caller() -> None:
    told_all = TimeoutFault("timeout.still_running", phase="poll", charged="yes", task_id="t", seconds=1)
    told_less = UsageFault("flags.unknown_near", flag="--nonsense", near="--no-preview")
    for fault, keys in ((told_all, ERROR_KEYS), (told_less, ERROR_KEYS | {"hint"})):
        for language in words.LANGUAGES:
            body = present.error(fault, language, sandbox=False, resume_command=None, reader="chat")
            assert set(body) - {"hint"} == ERROR_KEYS
            assert ("hint" in body) == ("hint" in keys) == (messages.hint(fault, language) is not None)

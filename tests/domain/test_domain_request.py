"""A wish becomes a request, or a usage fault that costs nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.domain.model import FLASH, IMAGE_TO_IMAGE, PRO, TEXT_TO_IMAGE, Adjustment, Wish
from ima_nano_banana.domain.request import parse_extra, resolve
from ima_nano_banana.errors import UsageFault


def wish(**changes):
    return Wish(**{"prompt": "a banana", **changes})


def refusal(**changes):
    with pytest.raises(UsageFault) as caught:
        resolve(wish(**changes))
    assert caught.value.charged == "no"
    assert str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "word",
    ["默认", "平衡", "Banana2", "NB2", "nano-banana-2", "FLASH", " Nano Banana 2 ", FLASH, FLASH.upper(), "ｆｌａｓｈ"],
)
def test_every_word_for_the_default_means_flash(word):
    request = resolve(wish(model=word))
    assert (request.model_id, request.size) == (FLASH, None)


@pytest.mark.parametrize("word", ["最便宜", "budget", "cheap", "CHEAPEST"])
def test_every_word_for_cheap_means_flash_at_512(word):
    request = resolve(wish(model=word))
    assert (request.model_id, request.size, request.adjustments) == (FLASH, "512px", ())
    assert request.requested.size == "512px"


@pytest.mark.parametrize(
    "word", ["最好", "高质量", "Pro", "premium", "best", "nano-banana-pro", "Nano Banana Pro", PRO]
)
def test_every_word_for_best_means_pro(word):
    assert resolve(wish(model=word)).model_id == PRO


@pytest.mark.parametrize("word", ["seedream", "gemini-3-pro-image-preview", "midjourney", "香蕉"])
def test_another_model_is_out_of_scope_and_both_ids_are_named(word):
    fault = refusal(model=word)
    assert fault.code == "usage.model_unknown"
    assert fault.params["models"] == (FLASH, PRO)


@pytest.mark.parametrize("word", ["默认", "default", " Default "])
def test_the_word_for_the_default_means_what_was_remembered(word):
    assert resolve(wish(model=word), preferred_model=PRO).model_id == PRO
    assert resolve(wish(model=word), preferred_model="seedream").model_id == FLASH
    assert resolve(wish(model=word)).model_id == FLASH


def test_the_flag_outranks_the_preference_and_the_preference_outranks_the_default():
    assert resolve(wish(model="flash"), preferred_model=PRO).model_id == FLASH
    assert resolve(wish(), preferred_model=PRO).model_id == PRO
    assert resolve(wish()).model_id == FLASH


def test_a_sibling_skills_preference_is_ignored():
    assert resolve(wish(), preferred_model="doubao-seedream-4.5").model_id == FLASH


@pytest.mark.parametrize("prompt", [None, "", "   ", "\n\t", "\u3000", "\u200b", "\ufeff \u2060"])
def test_a_blank_prompt_is_refused(prompt):
    """D14: it would have been paid for."""
    assert refusal(prompt=prompt).code == "usage.prompt_blank"


def test_a_prompt_that_is_not_text_is_refused_before_a_database_chokes_on_it():
    assert refusal(prompt="a \udcff").code == "usage.not_text"


def test_the_task_type_follows_the_images_when_it_is_left_out():
    assert resolve(wish()).task_type == TEXT_TO_IMAGE
    assert resolve(wish(images=("a.png",))).task_type == IMAGE_TO_IMAGE


@pytest.mark.parametrize(
    ("task_type", "images", "code"),
    [
        (IMAGE_TO_IMAGE, (), "usage.images_needed"),
        (TEXT_TO_IMAGE, ("a.png",), "usage.images_unwanted"),
        ("text_to_video", (), "usage.task_type"),
        ("", (), "usage.blank_value"),
        (None, ("",), "usage.blank_value"),
        (None, ("a.png",) * 15, "usage.too_many_images"),
    ],
)
def test_images_that_contradict_the_task_type_are_refused(task_type, images, code):
    """D13: an edit without a picture was billed."""
    assert refusal(task_type=task_type, images=images).code == code


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("512", "512px"), ("512PX", "512px"), ("1k", "1K"), (" 2K ", "2K"), ("4 k", "4K"), ("3K", "3K"), ("８Ｋ", "4K")],
)
def test_a_size_is_spelled_as_the_service_spells_it_or_left_to_the_live_options(typed, sent):
    request = resolve(wish(size=typed))
    assert (request.size, request.requested.size) == (sent, typed.strip())


def test_8k_becomes_4k_and_says_so():
    """D4: it became the first rule's 512px without a word."""
    request = resolve(wish(size="8k"))
    assert request.adjustments == (Adjustment("size", "8K", "4K", "adjust.eight_k"),)


def test_an_explicit_size_outranks_a_word_for_cheap_and_says_so():
    request = resolve(wish(model="budget", size="2K"))
    assert request.size == "2K"
    assert request.adjustments == (Adjustment("size", "512px", "2K", "adjust.budget_size"),)
    assert resolve(wish(model="budget", size="512")).adjustments == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"size": "2K", "extra": {"size": "4K"}},
        {"aspect_ratio": "1:1", "extra": {"aspect_ratio": "16:9"}},
        {"count": 2, "extra": {"n": 3}},
    ],
)
def test_a_flag_against_the_same_field_in_extra_params_is_refused(changes):
    """D19: the second one used to win in silence."""
    assert refusal(**changes).code == "usage.conflict"


def test_the_same_value_twice_is_fine():
    request = resolve(
        wish(size="512", aspect_ratio="16:9", count=2, extra={"Size": "512px", "aspect_ratio": "16:9", "n": "2"})
    )
    assert (request.size, request.aspect_ratio, request.count, request.extra) == ("512px", "16:9", 2, ())


@pytest.mark.parametrize(
    "key",
    ["prompt", "input_images", "cast", "credit", "model", "MODEL_ID", "model_version", "attribute_id", "category"],
)
def test_what_the_program_owns_cannot_be_set_from_outside(key):
    fault = refusal(extra={key: "x"})
    assert (fault.code, fault.params["known"]) == ("usage.owned_key", ("size", "aspect_ratio", "n"))


@pytest.mark.parametrize("value", [None, [], {}, "", "  "])
def test_an_extra_value_that_is_no_scalar_is_refused(value):
    assert refusal(extra={"size": value}).code == "usage.extra_value"


@pytest.mark.parametrize("text", ["[1]", '"abc"', "null", "{", "", "NaN", '{"a":NaN}', '{"a":1,"a":2}', "[" * 100_000])
def test_extra_params_that_are_no_json_object_are_a_usage_fault(text):
    """D17: each of these was a traceback."""
    with pytest.raises(UsageFault) as caught:
        parse_extra(text)
    assert caught.value.code == "usage.extra_json"


def test_extra_params_are_read_as_fields():
    assert parse_extra('{"aspect_ratio":"16:9","n":2}') == {"aspect_ratio": "16:9", "n": 2}
    assert parse_extra(None) == {}
    assert resolve(wish(extra={"quality": True, "steps": 4.0})).extra == (("quality", "true"), ("steps", "4"))


@pytest.mark.parametrize("count", [0, -1, 5, 1000, "two", True, 1.5])
def test_a_count_outside_one_to_four_is_refused(count):
    """D10: -1 and 1000 were sent as they were."""
    assert refusal(extra={"n": count}).code == "usage.bad_count"


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_count_may_come_by_flag_or_by_extra_params(count):
    assert resolve(wish(count=count)).count == resolve(wish(extra={"n": count})).count == count


@pytest.mark.parametrize(
    ("prompt", "asked", "language"),
    [
        ("a cat", None, "en"),
        ("一只猫", None, "zh"),
        ("猫がいる", None, "en"),
        ("a cat", "zh", "zh"),
        ("一只猫", "en", "en"),
    ],
)
def test_the_language_is_the_flags_or_the_prompts(prompt, asked, language):
    assert resolve(wish(prompt=prompt, language=asked)).language == language


@pytest.mark.parametrize(
    ("field", "code"), [("size", "blank_value"), ("model", "blank_value"), ("aspect_ratio", "blank_value")]
)
def test_a_flag_with_an_empty_value_is_refused(field, code):
    assert refusal(**{field: " "}).code == f"usage.{code}"


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
texts = st.none() | st.text(max_size=12)


@given(
    prompt=texts,
    images=st.lists(st.text(max_size=20) | st.sampled_from(["https://a.example/x.png", "http://a.b", "x.jpg"])),
    task_type=texts | st.sampled_from([TEXT_TO_IMAGE, IMAGE_TO_IMAGE]),
    model=texts | st.sampled_from(["flash", "pro", "budget"]),
    size=texts | st.sampled_from(["1K", "8k", "512"]),
    count=st.none() | st.integers(),
    extra=st.dictionaries(st.text(max_size=8) | st.sampled_from(["size", "n", "model"]), scalars, max_size=3),
)
def test_whatever_is_typed_gives_a_request_or_a_usage_fault(prompt, images, task_type, model, size, count, extra):
    told = Wish(
        prompt=prompt, images=tuple(images), task_type=task_type, model=model, size=size, count=count, extra=extra
    )
    try:
        request = resolve(told)
    except UsageFault as fault:
        assert str(fault)
    else:
        assert request.prompt.strip()
        assert 1 <= request.count <= 4
        assert request.model_id in (FLASH, PRO)
        assert (request.task_type == IMAGE_TO_IMAGE) == bool(request.images)

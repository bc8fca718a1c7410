"""What is passed on to a chat names nothing to type: in any failure, in both languages."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string

import pytest

from ima_nano_banana import errors, words
from ima_nano_banana.doors import messages, present
from ima_nano_banana.errors import BudgetFault, Fault, UncertainFault, UsageFault

NO_CHAT = {"batch", "cluster", "library", "studio", "help", "human", "scenes", "doctor", "chat", "language"}
"""Topics that only a shell or a program ever hears of; no run of the script and no tool of the server says them."""

STARTING = re.compile(r"mcp\.(token|port|no_)")
"""What is said before a server has a client."""

FORBIDDEN = re.compile(
    r"""(?<![\w-])--\w|nano-banana(?!-ima)|\.py\b|`|命令|\bcommand\b|\bpip\b|标准输出|standard\ output
        |text_to_image|image_to_image|extra.params|(?!IMA_API_KEY)\b[A-Z]{2,}_[A-Z_]+|TASK-1|\b(stdin|stdout)\b
        |/home/|skills\.entries|--help""",
    re.VERBOSE,
)


def topics() -> list[str]:
    return [one.name for one in pkgutil.iter_modules(words.__path__) if one.name not in NO_CHAT]


def keys() -> list[str]:
    found = []
    for topic in topics():
        table = importlib.import_module(f"ima_nano_banana.words.{topic}").TEXTS
        found += [f"{topic}.{key}" for key in table if f"{key}.do" in table]
    return [key for key in found if not STARTING.match(key)]


def holes(key: str) -> set[str]:
    """The placeholders of all texts of a key."""
    texts = [words.template(one, "en") for one in (key, f"{key}.do")]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


TELLING = {
    "id": "TASK-1",
    "item": "TASK-1",
    "task_id": "TASK-1",
    "flag": "--size",
    "near": "--size",
    "one": "--tasks",
    "other": "--costs",
    "others": ("--tasks",),
    "written": "--prompt=-5",
    "command": "nano-banana limits",
    "install": "pip install socksio",
    "path": "/home/bob/photo.jpg",
    "folder": "/home/bob",
    "group": "nano-banana tasks",
    "variable": "OPENCLAW_STATE_DIR",
    "switch": "IMA_TRUST_DISK",
    "url": "https://example.com/a.png",
    "task_type": "image_to_image",
    "allowed": ("text_to_image", "image_to_image"),
    "user": "TASK-1",
    "key": "extra_params",
    "extra": "2K",
}


def provoked(key: str) -> Fault:
    telling = {**TELLING, "flag": "1K"} if key == "usage.conflict" else TELLING  # the value of one there
    return UsageFault(key, **{name: telling.get(name, 7) for name in holes(key)})


def test_there_are_failures_to_look_at():
    assert len(keys()) > 150
    assert {"auth.missing", "uncertain.no_answer", "budget.user_day", "flags.unknown", "storage.full"} <= set(keys())


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("key", keys())
def test_no_failure_tells_a_chat_what_to_type(key, language):
    body = present.error(provoked(key), language, sandbox=False, resume_command=None, reader="chat")
    for name in ("message", "suggestion", "message_full"):
        assert not FORBIDDEN.search(str(body[name])), (name, body[name])
        assert "{" not in str(body[name])


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("key", ["flags.unknown_near", "usage.images_needed", "storage.no_access", "budget.all_day"])
def test_the_caller_is_told_what_the_chat_is_not(key, language):
    body = present.error(provoked(key), language, sandbox=False, resume_command=None, reader="chat")
    assert FORBIDDEN.search(str(body["hint"]))
    shell = present.error(provoked(key), language, sandbox=False, resume_command=None)
    assert "hint" not in shell
    assert str(shell["message"]) in str(body["hint"])


def test_every_text_for_a_chat_stands_for_one_that_exists_with_no_more_placeholders():
    table = importlib.import_module("ima_nano_banana.words.chat").TEXTS
    for key, pair in table.items():
        topic, _, rest = key.partition(".")
        if rest in ("", "do"):
            assert topic in topics(), key
            continue
        assert words.has(key) or words.has(key.removesuffix(".do")), key
        known = holes(key.removesuffix(".do")) if words.has(f"{key.removesuffix('.do')}.do") else None
        for text in pair:
            named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
            assert known is None or named <= known | {"credit", "model", "size", "count"}, key


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_failure_has_the_form_of_the_skill(language):
    fault = errors.NetworkFault("network.timeout")
    told = messages.failed(fault, language, "chat").splitlines()
    heads = ("❌ ", "• 原因:", "• 建议:", "需要我帮你重试吗?")
    heads = heads if language == "zh" else ("❌ ", "• Reason: ", "• Suggestion: ", "Would you like me to try again?")
    assert [line.startswith(head) for line, head in zip(told, heads, strict=True)] == [True] * 4
    body = present.error(fault, language, sandbox=False, resume_command=None, reader="chat")
    assert body["message_full"] == "\n".join(told)


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("code", ["network.timeout", "rejected.content", "generation.failed"])
def test_nobody_is_asked_at_a_shell(code, language):
    told = messages.failed(Fault(code, charged="no"), language)
    assert "?" not in told


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_an_unknown_outcome_gives_a_chat_something_to_do_and_never_offers_to_try_again(language):
    told = messages.failed(UncertainFault("uncertain.no_answer", charged="unknown"), language, "chat")
    assert "https://imagent.bot" in told
    assert ("账号的主人" if language == "zh" else "owner of the account") in told
    assert words.text("events.offer_retry", language) not in told


def test_a_limit_says_whose_it_is_and_not_how_to_lift_it():
    facts = {"credit": 6, "limit": 10, "left": 2, "resets": "tomorrow", "user": "ou_1"}
    own = messages.failed(BudgetFault("budget.user_day", **facts), "en", "chat")
    assert "your daily" in own
    assert "ou_1" not in own
    shared = messages.failed(BudgetFault("budget.all_day", **facts), "en")
    assert "everybody's" in shared
    assert "nano-banana limits" in shared


def test_a_frozen_house_is_not_offered_another_try():
    told = messages.failed(BudgetFault("budget.frozen", reason="audit"), "en", "chat")
    assert "try again" not in told


def test_a_file_is_called_by_its_own_name_in_a_chat():
    fault = UsageFault("image.damaged", path="/root/.openclaw/media/inbound/cat.jpg")
    assert messages.reason(fault, "en", "chat") == "The picture cat.jpg is damaged or incomplete"
    assert "/root" in messages.reason(fault, "en")
    fault = UsageFault("image.damaged", path=r"C:\Users\bob\cat.jpg")
    assert "bob" not in messages.reason(fault, "zh", "chat")

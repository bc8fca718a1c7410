"""What is sent, as data."""

from __future__ import annotations

from ima_nano_banana.deliver.message import Message, arguments, limit
from ima_nano_banana.deliver.target import Target


def test_a_message_is_an_argument_list_and_no_shell_line():
    message = Message("succeeded", "✅ done; $(rm -rf ~) `x`\n• two", ("/pics/a b.png", "/pics/c.png"))
    assert arguments(Target("telegram", "-100"), message) == [
        *("message", "send", "--channel", "telegram", "--target", "-100"),
        *("--message", "✅ done; $(rm -rf ~) `x`\n• two"),
        *("--media", "/pics/a b.png", "--media", "/pics/c.png", "--json"),
    ]


def test_without_a_channel_openclaw_chooses_it():
    assert arguments(Target(None, "42"), Message("started", "hi")) == [
        *("message", "send", "--target", "42", "--message", "hi", "--json")
    ]


def test_control_characters_never_reach_a_chat():
    assert "\x1b" not in arguments(Target(None, "42"), Message("started", "a\x1b[31m\x00b"))[5]


def test_an_unknown_channel_gets_the_smallest_limit():
    assert limit(None) == limit("carrier-pigeon") == min(limit(name) for name in ("signal", "discord", "slack"))


def test_a_picture_may_take_longer_than_a_text():
    assert Message("succeeded", "x", ("/a.png",)).seconds > Message("started", "x").seconds > 0


def test_a_thread_goes_beside_the_chat():
    words = arguments(Target("telegram", "-100", "7"), Message("started", "hi"))
    assert words[words.index("--thread-id") + 1] == "7"
    assert "--thread-id" not in arguments(Target("telegram", "-100"), Message("started", "hi"))

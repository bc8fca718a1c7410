"""Which chat is meant."""

from __future__ import annotations

import json

import pytest

from ima_nano_banana.deliver.target import Target, parse
from ima_nano_banana.errors import UsageFault


def context(**ids: object) -> dict[str, str]:
    return {"OPENCLAW_CHANNEL_CONTEXT": json.dumps({who: {"id": told} for who, told in ids.items()})}


@pytest.mark.parametrize(
    ("told", "channel", "to"),
    [
        ("feishu:chat:oc_1", "feishu", "chat:oc_1"),
        ("Telegram:-100123", "telegram", "-100123"),
        ("telegram:-100123:topic:7", "telegram", "-100123:topic:7"),
        ("discord:channel:42", "discord", "channel:42"),
        (" matrix:!room:server ", "matrix", "!room:server"),
    ],
)
def test_a_named_chat_is_taken_as_it_is(told, channel, to):
    assert parse(told, {}) == Target(channel, to)


@pytest.mark.parametrize(
    ("told", "target"),
    [
        ("auto:topic:7", Target(None, "oc_1", "7")),
        ("auto:thread:7", Target(None, "oc_1", "7")),
        ("telegram:auto:topic:7", Target("telegram", "oc_1", "7")),
        ("Slack:AUTO:thread:1700000000.000100", Target("slack", "oc_1", "1700000000.000100")),
        ("slack:channel:C1:thread:1700000000.000100", Target("slack", "channel:C1", "1700000000.000100")),
        ("msteams:conversation:19:abc@thread.tacv2", Target("msteams", "conversation:19:abc@thread.tacv2")),
    ],
)
def test_a_forum_topic_that_the_host_does_not_tell_can_be_named(told, target):
    assert parse(told, context(chat="oc_1")) == target


@pytest.mark.parametrize("told", ["auto:topic:", "auto:topic:a b", "auto:topic:7:8", ":thread:7"])
def test_half_a_topic_is_refused(told):
    with pytest.raises(UsageFault):
        parse(told, context(chat="oc_1"))


@pytest.mark.parametrize("told", ["", "feishu", "feishu:", ":oc_1", "auto:oc_1", "fei shu:oc_1", "feishu:oc\n1"])
def test_what_names_no_chat_is_refused_before_anything_is_spent(told):
    with pytest.raises(UsageFault):
        parse(told, {})


def test_auto_takes_the_chat_of_the_run():
    assert parse("auto", context(sender="ou_1", chat="oc_1")) == Target(None, "oc_1")


def test_auto_takes_the_sender_where_no_chat_is_named():
    assert parse("auto", context(sender="12345")) == Target(None, "12345")


def test_a_channel_with_auto_spells_the_id_as_that_channel_does():
    assert parse("feishu:auto", context(chat="oc_1")) == Target("feishu", "chat:oc_1")
    assert parse("feishu:auto", context(sender="ou_1")) == Target("feishu", "user:ou_1")
    assert parse("discord:auto", context(sender=42)) == Target("discord", "user:42")
    assert parse("discord:auto", context(chat="42")) == Target("discord", "42")
    assert parse("slack:auto", context(sender="user:U1")) == Target("slack", "user:U1")


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"OPENCLAW_CHANNEL_CONTEXT": "{"},
        {"OPENCLAW_CHANNEL_CONTEXT": "[" * 100_000},
        {"OPENCLAW_CHANNEL_CONTEXT": "[1]"},
        {"OPENCLAW_CHANNEL_CONTEXT": '{"chat": "oc_1", "sender": {"id": true}}'},
        {"OPENCLAW_CHANNEL_CONTEXT": '{"chat": {"id": "a\\nb"}, "sender": {"id": " "}}'},
    ],
)
def test_an_unreadable_context_names_nobody_and_stops_nothing(env):
    assert parse("auto", env) == Target(None, None)

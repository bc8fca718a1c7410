"""``--max-credits ask``: up to what the owner set, the request is the yes; above it the user is asked first."""

from __future__ import annotations

import pytest

ASK = ("--max-credits", "ask", "--sandbox")


def tasks(ima) -> list[dict]:
    return ima("--tasks", "--sandbox", "--output-json").json["tasks"]


@pytest.mark.parametrize("door", ["script", "command"])
def test_a_price_up_to_the_threshold_is_spent(door, ima):
    start = ["--prompt", "a cat"] if door == "script" else ["generate", "a cat"]
    done = ima(*start, *ASK, "--output-json", door=door)
    assert (done.code, done.json["credit"]) == (0, 6)


@pytest.mark.parametrize(("prompt", "question"), [("一只猫", "要开始生成吗？"), ("a cat", "Shall I go ahead?")])
@pytest.mark.parametrize("mode", ["--output-json", "--events"])
def test_a_dearer_one_is_a_question_with_its_price_and_no_failure(mode, prompt, question, ima):
    done = ima("--prompt", prompt, "--size", "4K", *ASK, mode)
    error = done.json["error"] if mode == "--output-json" else done.events[-1]["error"]
    assert done.code == 5
    assert (error["kind"], error["code"], error["credit"], error["charged"]) == ("budget", "budget.ask", 13, "no")
    told = error["message_full"] if mode == "--output-json" else done.events[-1]["message"]
    assert "13" in told
    assert told.endswith(question)
    assert "❌" not in told
    assert "--max-credits 13" in error["hint"]
    assert tasks(ima) == []


@pytest.mark.parametrize(("prompt", "told"), [("一只猫", "不支持 8K，已改用 4K"), ("a cat", "8K is not supported")])
@pytest.mark.parametrize("mode", ["--output-json", "--events"])
def test_the_question_says_what_would_not_be_as_asked(mode, prompt, told, ima):
    done = ima("--prompt", prompt, "--size", "8K", *ASK, mode)
    text = done.json["error"]["message_full"] if mode == "--output-json" else done.events[-1]["message"]
    quoted = ima("--prompt", prompt, "--size", "8K", "--dry-run", "--sandbox", "--output-json").json["quote"]["message"]
    assert told in text
    assert text == quoted


def test_a_price_that_rose_meanwhile_is_a_question_by_name_and_asked_once(ima):
    done = ima("--prompt", "a cat", *ASK, "--sandbox-scene", "dearer", "--events")
    error = done.events[-1]["error"]
    assert (done.code, error["code"], error["credit"], error["charged"]) == (5, "budget.dearer", 11, "no")
    assert "try again?" not in done.events[-1]["message"]


@pytest.mark.parametrize("prompt", ["a cat", "一只猫"])
def test_a_limit_that_waits_for_tomorrow_offers_no_retry(prompt, ima):
    ima("limits", "set", "--daily", "5", "--sandbox", door="command")
    told = ima("--prompt", prompt, *ASK, "--events").events[-1]["message"]
    assert not told.endswith(("?", "？"))


def test_after_the_yes_the_number_is_the_agreed_price(ima):
    done = ima("--prompt", "a cat", "--size", "4K", "--max-credits", "13", "--sandbox", "--output-json")
    assert (done.code, done.json["credit"]) == (0, 13)


@pytest.mark.parametrize(
    ("told", "code"), [("13", 0), (" 13 ", 0), ("12", 5), ("0", 5), ("", 5), ("many", 5), ("-1", 5), ("1e9", 5)]
)
def test_the_owner_says_up_to_where(told, code, ima, monkeypatch):
    monkeypatch.setenv("IMA_ASK_ABOVE", told)
    assert ima("--prompt", "a cat", "--size", "4K", *ASK, "--output-json").code == code


@pytest.mark.parametrize("told", ["0", "nonsense", "5.5"])
def test_what_is_no_number_asks_for_every_price(told, ima, monkeypatch):
    monkeypatch.setenv("IMA_ASK_ABOVE", told)
    assert ima("--prompt", "a cat", *ASK, "--output-json").code == 5


def test_what_is_paid_already_is_not_asked_about(ima):
    line = ["--prompt", "a cat", "--size", "4K", "--sandbox", "--output-json"]
    assert ima(*line, "--timeout", "0.1", "--sandbox-scene", "slow").code == 8
    joined = ima(*line, "--max-credits", "ask")
    assert joined.code == 0
    assert any("already paid" in note for note in joined.json["notes"])
    assert len(tasks(ima)) == 1


def test_a_quote_says_the_price_however_high_it_is(ima):
    done = ima("--prompt", "一只猫", "--size", "4K", "--count", "4", "--dry-run", *ASK, "--output-json")
    assert done.code == 0
    assert "52" in done.json["quote"]["message"]
    assert done.json["quote"]["message"].endswith("要开始生成吗？")


@pytest.mark.parametrize("told", ["asks", "ask 6", "yes", ""])
def test_other_words_are_no_number(told, ima):
    assert ima("--prompt", "a cat", "--max-credits", told, "--sandbox", "--output-json").code == 2


def test_a_run_that_paid_itself_has_joined_nothing(ima):
    assert ima("--prompt", "a cat", "--sandbox", "--output-json").json["notes"] == []

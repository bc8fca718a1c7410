"""What the first client of this service did wrong with money, D1 to D14: none of it may happen here."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from ima_nano_banana.ledger import history, outcomes

if TYPE_CHECKING:
    from conftest import Shop


@pytest.mark.parametrize("scene", ["create-500", "create-500-json", "create-502-unbilled"])
def test_d1_a_server_error_without_a_code_is_never_followed_by_another_create(shop: Shop, scene: str) -> None:
    """D1: any HTTP 500 on create made the old client send it again, smaller, up to three times."""
    outcome = shop.make("--size", "4K", scenes=scene)

    assert (outcome.code, outcome.error["charged"]) == (9, "unknown")
    assert [create["parameters"]["size"] for create in shop.creates] == ["4K"]


@pytest.mark.parametrize(
    ("scene", "code", "kind", "ima_code"),
    [
        ("no-credits", 4, "credits", 4008),
        ("subscription", 4, "credits", 4014),
        ("bad-key-500", 3, "auth", 401),
        ("bad-key-200", 3, "auth", 401),
    ],
)
@pytest.mark.parametrize("model", ["flash", "pro"])
def test_d2_a_refusal_in_the_body_is_final_whatever_the_http_status(
    shop: Shop, scene: str, code: int, kind: str, ima_code: int, model: str
) -> None:
    """D2: the HTTP status outranked the body code, so "not enough points" bought a smaller picture."""
    outcome = shop.make("--size", "4K", "--model-id", model, scenes=scene)

    assert (outcome.code, outcome.error["kind"], outcome.error["ima_code"]) == (code, kind, ima_code)
    assert outcome.error["charged"] == "no"
    assert len(shop.creates) == 1
    assert shop.books.charges() == []


@pytest.mark.parametrize("scene", ["missing-rule", "invalid-attribute", "stale-attribute", "stale-catalogue"])
@pytest.mark.parametrize(("model", "credit"), [("flash", 6), ("pro", 10)])
def test_d3_a_refused_rule_is_looked_up_again_for_the_same_wish(
    shop: Shop, scene: str, model: str, credit: int
) -> None:
    """D3: the repair of 6009 and 6010 silently bought the cheapest size instead of what was asked."""
    outcome = shop.make("--model-id", model, scenes=scene)

    assert (outcome.code, outcome.json["size"], outcome.json["credit"]) == (0, "1K", credit)
    assert outcome.json["adjustments"] == []
    assert {create["parameters"]["size"] for create in shop.creates} == {"1K"}
    assert len(shop.creates) == 2
    assert shop.books.points_charged() == credit


def test_d3_a_rule_that_stays_refused_is_never_tried_for_more_points_or_more_than_three_times(shop: Shop) -> None:
    outcome = shop.make("--model-id", "pro", "--size", "4K", scenes="always-6009")

    assert (outcome.code, outcome.error["kind"], outcome.error["charged"]) == (6, "rejected", "no")
    assert [create["parameters"]["size"] for create in shop.creates] == ["4K", "4K", "2K"]
    assert shop.books.charges() == []


def test_d4_a_size_beyond_the_largest_becomes_the_largest_and_says_so(shop: Shop) -> None:
    """D4: an unknown size silently became the first rule, 512px."""
    outcome = shop.make("--size", "8K")

    assert (outcome.code, outcome.json["size"], outcome.json["credit"]) == (0, "4K", 13)
    (adjustment,) = outcome.json["adjustments"]
    assert (adjustment["field"], adjustment["from"], adjustment["to"]) == ("size", "8K", "4K")


@pytest.mark.parametrize(("model", "size"), [("flash", "2048x2048"), ("flash", "3K"), ("pro", "512"), ("pro", "512px")])
def test_d4_a_size_that_the_model_lacks_is_refused_with_those_it_has(shop: Shop, model: str, size: str) -> None:
    outcome = shop.make("--model-id", model, "--size", size)

    assert (outcome.code, outcome.error["kind"]) == (2, "usage")
    assert "4K" in outcome.error["message"] + outcome.error["suggestion"]
    assert shop.creates == []


@pytest.mark.parametrize("size", ["512", "512px", "512PX", " 512 "])
def test_d4_the_smallest_size_is_found_by_its_name_and_not_by_its_place(shop: Shop, size: str) -> None:
    outcome = shop.make("--size", size, scenes="list-reordered")

    assert (outcome.code, outcome.json["size"], outcome.json["credit"]) == (0, "512px", 4)
    assert shop.books.points_charged() == 4


@pytest.mark.parametrize(
    "scene", ["poll-502", "poll-500", "poll-429", "poll-html", "poll-drop", "poll-code", "poll-null", "poll-401-once"]
)
def test_d5_a_passing_fault_while_waiting_loses_no_picture(shop: Shop, scene: str) -> None:
    """D5: one bad answer to a look ended the run with a traceback, after the points were gone."""
    outcome = shop.make(scenes=scene)

    assert outcome.code == 0
    assert len(outcome.json["files"]) == len(shop.creates) == 1


@pytest.mark.parametrize("broken", ["list", "bytes", "folder", "read-only"])
def test_d6_preferences_that_cannot_be_written_cost_no_picture(shop: Shop, broken: str) -> None:
    """D6: the preference was saved before the result was printed, and its failure ate the result."""
    memory = shop.root / "memory"
    memory.mkdir(parents=True)
    prefs = memory / "ima_prefs.json"
    if broken == "folder":
        prefs.mkdir()
    else:
        prefs.write_bytes(b"\xff\xfe{" if broken == "bytes" else b"[]")
    if broken == "read-only":
        prefs.chmod(0o444)

    outcome = shop.make("--remember-model")

    assert outcome.code == 0
    assert len(outcome.json["files"]) == len(shop.creates) == 1


def test_d6_where_the_books_cannot_be_kept_nothing_is_bought(shop: Shop) -> None:
    shop.root.mkdir()
    (shop.root / "memory").write_text("a file, not a folder")

    outcome = shop.make()

    assert (outcome.code, outcome.error["kind"], outcome.error["charged"]) == (13, "storage", "no")


def full(*_: object, **__: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize("broken", ["ready done", "durations", "created", "created ready done durations"])
def test_d6_books_that_break_after_the_create_cost_no_picture(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """D6: the picture is delivered; an id that the books did not take is kept beside them: nothing is paid again."""
    with monkeypatch.context() as patched:
        for name in broken.split():
            patched.setattr(history if name == "durations" else outcomes, name, full)
        outcome = shop.make()
    assert outcome.code == 0
    assert len(outcome.json["files"]) == 1

    if broken != "durations":
        assert shop.make().code == 0
    assert len(shop.creates) == 1


def test_d6_a_task_id_that_could_not_be_written_down_is_written_down_later(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    created, calls = outcomes.created, []

    def full_once(*args: Any) -> Any:
        calls.append(args)
        return full() if len(calls) == 1 else created(*args)

    monkeypatch.setattr(outcomes, "created", full_once)

    outcome = shop.make()

    with shop.ledger() as ledger:
        (item,) = ledger.tasks()
    assert (outcome.code, item.state, item.task_id) == (0, "done", outcome.json["task_id"])


def test_d9_an_unknown_outcome_that_cannot_be_written_down_is_unknown_all_the_same(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full at just that commit: it must not pass for a create that was refused."""
    with monkeypatch.context() as patched:
        patched.setattr(outcomes, "uncertain", full)
        codes = [shop.make(scenes="lost-create").code]

    codes.append(shop.make().code)

    assert codes == [9, 9]
    assert len(shop.creates) == 1


def test_d7_a_task_that_takes_too_long_is_named_and_finished_later_for_nothing(shop: Shop) -> None:
    """D7: there was no way back to a task, and the advice was to pay again."""
    late = shop.make("--timeout", "100", scenes="slow")

    assert (late.code, late.error["kind"], late.error["charged"]) == (8, "timeout", "yes")
    task_id = late.error["task_id"]
    assert task_id == shop.books.tasks()[0]
    assert task_id in late.error["resume_command"]

    found = shop.run("--resume", task_id)

    assert (found.code, found.json["task_id"]) == (0, task_id)
    assert len(shop.creates) == 1


def test_d7_the_same_command_continues_what_is_open(shop: Shop) -> None:
    late = shop.make("--timeout", "100", scenes="slow")
    again = shop.make()

    assert (late.code, again.code) == (8, 0)
    assert again.json["task_id"] == late.error["task_id"]
    assert len(shop.creates) == 1


@pytest.mark.parametrize(("scene", "reason"), [("watermark-only", "watermark"), ("preview-only", "preview")])
def test_d8_a_success_always_has_an_address_and_says_which_one_it_is(shop: Shop, scene: str, reason: str) -> None:
    """D8: a picture with only a watermarked address was reported as a success with an empty one."""
    outcome = shop.make("--no-download", scenes=scene)

    assert outcome.code == 0
    assert outcome.json["url"].startswith("https://")
    assert any(
        reason in str(adjustment["reason"]) + str(adjustment["to"]) for adjustment in outcome.json["adjustments"]
    )


def test_d8_a_picture_without_any_address_is_no_success(shop: Shop) -> None:
    assert shop.make("--no-download", "--timeout", "60", scenes="never-url").code != 0


@pytest.mark.parametrize(
    "scene",
    ["create-slow", "create-no-id", "create-html", "create-cut", "create-truncated", "create-empty", "lost-create"],
)
def test_d9_an_unusable_answer_is_told_as_what_it_is_and_never_repeated(shop: Shop, scene: str) -> None:
    """D9: an ambiguous create was reported as a configuration error, with the advice to try again."""
    for outcome in (shop.make(scenes=scene), shop.make()):
        assert (outcome.code, outcome.error["kind"], outcome.error["charged"]) == (9, "uncertain", "unknown")
        assert outcome.error["retryable"] is False
        assert outcome.error["suggestion"]
    assert len(shop.creates) == 1


def test_d10_every_picture_that_is_paid_for_comes_back(shop: Shop) -> None:
    """D10: three were paid, one was returned, and all were lost if one failed."""
    outcome = shop.make("--count", "3")

    assert (outcome.code, outcome.json["credit"]) == (0, 18)
    assert len(set(outcome.json["urls"])) == len(set(outcome.json["files"])) == 3


def test_d10_one_failed_picture_does_not_lose_the_others(shop: Shop) -> None:
    outcome = shop.make("--count", "3", scenes="partial")

    assert (outcome.code, outcome.error["kind"], outcome.json["credit"]) == (11, "partial", 18)
    assert len(outcome.json["urls"]) == len(outcome.json["files"]) == 2


def test_d10_a_picture_that_is_late_is_waited_for(shop: Shop) -> None:
    outcome = shop.make("--count", "2", scenes="partial-late")

    assert (outcome.code, len(outcome.json["files"])) == (0, 2)


@pytest.mark.parametrize(
    "argv", [("--count", "-1"), ("--count", "0"), ("--count", "5"), ("--extra-params", '{"n":1000}')]
)
def test_d10_an_absurd_count_is_refused(shop: Shop, argv: tuple[str, str]) -> None:
    outcome = shop.make(*argv)

    assert outcome.code == 2
    assert shop.creates == []


@pytest.mark.parametrize(
    ("model", "size", "credit"),
    [
        ("flash", "512", 4),
        ("flash", "1K", 6),
        ("flash", "2K", 10),
        ("flash", "4K", 13),
        ("pro", "2K", 10),
        ("pro", "4K", 18),
    ],
)
def test_d11_the_price_that_is_quoted_told_and_charged_is_one(shop: Shop, model: str, size: str, credit: int) -> None:
    """D11: the reported cost was that of the default size."""
    argv = ("--model-id", model, "--size", size, "--count", "2")
    quoted = shop.make(*argv, "--dry-run").json["quote"]
    outcome = shop.make(*argv)

    assert (quoted["credit_each"], quoted["credit"]) == (credit, 2 * credit)
    assert outcome.json["credit"] == shop.books.points_charged() == 2 * credit


def test_d12_versions_of_different_prices_are_not_chosen_from_silently(shop: Shop) -> None:
    """D12: the last leaf won at any price."""
    outcome = shop.make(scenes="list-two-leaves")

    assert (outcome.code, outcome.error["kind"]) == (2, "usage")
    assert "--version-id" in outcome.error["hint"]
    assert shop.creates == []


def test_d12_a_ceiling_stops_the_spend_before_anything_is_sent(shop: Shop) -> None:
    outcome = shop.make("--max-credits", "5", "--input-images", shop.photo())

    assert (outcome.code, outcome.error["kind"], outcome.error["charged"]) == (5, "budget", "no")
    assert (shop.creates, shop.books.count("token"), shop.books.count("put")) == ([], 0, 0)


def test_d13_the_kind_of_task_and_the_pictures_agree(shop: Shop) -> None:
    """D13: editing without a picture was created, and billed."""
    photo = shop.photo()
    wrong = (
        ("--task-type", "image_to_image"),
        ("--task-type", "text_to_image", "--input-images", photo),
        ("--input-images", *[photo] * 15),
    )
    for argv in wrong:
        outcome = shop.make(*argv)
        assert (outcome.code, outcome.error["kind"]) == (2, "usage")
    assert not (shop.root / "memory" / "ima_sandbox.sqlite3").exists()


@pytest.mark.parametrize("prompt", ["", "   ", "\t\n", "\u3000"])
def test_d14_a_blank_prompt_is_refused(shop: Shop, prompt: str) -> None:
    """D14: three blanks were sent to the service as a prompt."""
    outcome = shop.run("--prompt", prompt)

    assert (outcome.code, outcome.error["kind"]) == (2, "usage")
    assert not (shop.root / "memory" / "ima_sandbox.sqlite3").exists()

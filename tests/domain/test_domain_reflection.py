"""What follows a definite refusal: a correction that costs no more and is told, or nothing."""

from __future__ import annotations

import pytest
from domain_kit import catalogue, leaf, quote

from ima_nano_banana.domain.model import Adjustment
from ima_nano_banana.domain.reflection import after
from ima_nano_banana.errors import AuthFault, CreditsFault, NetworkFault, RejectedFault, UncertainFault

STALE = [
    RejectedFault("rejected.credit_mismatch", ima_code=6006),
    RejectedFault("rejected.rule", ima_code=6009),
    RejectedFault("rejected.rule", ima_code=6010),
    RejectedFault("rejected.attribute"),
]
BACKEND = RejectedFault("rejected.backend", ima_code=500)


def step(fault, *, size="4K", creates=1, refreshed=False, keep_size=False, tree=None):
    return after(fault, quote=quote(tree, size=size), creates=creates, refreshed=refreshed, keep_size=keep_size)


@pytest.mark.parametrize("fault", STALE)
def test_a_stale_list_is_fetched_again_and_the_same_wishes_are_kept(fault):
    """D3: the size was changed without a word."""
    found = step(fault)
    assert found.refresh
    assert found.quote is None


@pytest.mark.parametrize("fault", [*STALE, BACKEND])
def test_what_is_refused_once_more_steps_one_size_down_and_says_so(fault):
    found = step(fault, creates=2, refreshed=True)
    assert found.adjustment == Adjustment("size", "4K", "2K", "adjust.step_down")
    assert found.quote.adjustments == (found.adjustment,)
    assert (found.quote.rule.attribute_id, found.quote.credit, found.quote.parameters["size"]) == (4402, 10, "2K")


def test_a_backend_fault_steps_down_at_once():
    assert step(BACKEND).adjustment.to == "2K"


def test_every_other_wish_survives_a_step_down():
    before = quote(size="2K", aspect_ratio="21:9", count=3)
    found = after(BACKEND, quote=before, creates=1, refreshed=False, keep_size=False)
    assert (found.quote.aspect_ratio, found.quote.count, found.quote.credit) == ("21:9", 3, 18)


def test_two_steps_down_leave_two_notes():
    first = step(BACKEND).quote
    second = after(BACKEND, quote=first, creates=2, refreshed=False, keep_size=False)
    assert [(one.from_, one.to) for one in second.quote.adjustments] == [("4K", "2K"), ("2K", "1K")]


@pytest.mark.parametrize("fault", [*STALE, BACKEND])
def test_there_are_at_most_three_creates(fault):
    assert step(fault, creates=3) is None
    assert step(fault, creates=3, refreshed=True) is None


@pytest.mark.parametrize("fault", [*STALE, BACKEND])
def test_keep_size_never_steps_down(fault):
    assert step(fault, creates=2, refreshed=True, keep_size=True) is None


@pytest.mark.parametrize(
    "fault",
    [
        AuthFault("auth.refused", ima_code=401),
        CreditsFault("credits.points", ima_code=4008),
        CreditsFault("credits.subscription", ima_code=4014),
        RejectedFault("rejected.parameters", ima_code=400),
        RejectedFault("rejected.other", ima_code=5001),
        NetworkFault("network.rate_limited", ima_code=429),
        NetworkFault("network.down", http_status=500),
        UncertainFault("uncertain.lost", charged="unknown", ima_code=500),
        RejectedFault("rejected.backend", charged="unknown", ima_code=500),
    ],
)
def test_anything_else_is_final(fault):
    """D1, D2: an HTTP 500, or 4008 under one, triggered a second, smaller purchase."""
    assert step(fault) is None


def test_the_smallest_size_has_nowhere_to_go():
    assert step(BACKEND, size="512px") is None
    assert after(BACKEND, quote=quote(model="pro", size="1K"), creates=1, refreshed=False, keep_size=False) is None


def test_a_smaller_size_that_is_dearer_is_passed_over():
    tree = catalogue()
    leaf(tree)["credit_rules"][2]["points"] = 99
    assert step(BACKEND, tree=tree).quote.size == "1K"


def test_a_size_without_a_price_is_passed_over():
    tree = catalogue()
    del leaf(tree)["credit_rules"][2]
    assert step(BACKEND, tree=tree).quote.size == "1K"

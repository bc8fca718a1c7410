"""What was quoted is what is wished on a list that is read anew, whatever its defaults are by then."""

from __future__ import annotations

import copy

import pytest
from domain_kit import catalogue, leaf, quote, request

from ima_nano_banana.domain import offers
from ima_nano_banana.errors import RejectedFault


def field(tree, name):
    return next(one for one in leaf(tree)["form_config"] if one["field"] == name)


@pytest.mark.parametrize(("name", "value"), [("size", "512px"), ("size", "4K"), ("aspect_ratio", "16:9")])
def test_another_default_changes_nothing_of_what_was_quoted(name, value):
    fresh = catalogue()
    field(fresh, name)["value"] = value
    again = offers.requote(fresh, request(), quote())
    assert (again.size, again.aspect_ratio, again.parameters) == ("1K", "1:1", quote().parameters)


def test_a_third_field_keeps_the_value_that_was_quoted():
    first = catalogue()
    extra = copy.deepcopy(field(first, "size")) | {"field": "style", "value": "plain"}
    extra["options"] = [{"label": one, "value": one} for one in ("plain", "vivid")]
    leaf(first)["form_config"].append(extra)
    fresh = copy.deepcopy(first)
    field(fresh, "style")["value"] = "vivid"
    assert offers.requote(fresh, request(), quote(first)).parameters["style"] == "plain"


def test_a_default_of_a_field_that_is_gone_is_left_out():
    first = catalogue()
    extra = copy.deepcopy(field(first, "size")) | {"field": "style", "value": "plain"}
    extra["options"] = [{"label": "plain", "value": "plain"}]
    leaf(first)["form_config"].append(extra)
    assert "style" not in offers.requote(catalogue(), request(), quote(first)).parameters


def test_a_version_that_is_gone_is_not_replaced_by_another():
    fresh = catalogue()
    leaf(fresh)["id"] = "gemini-3.1-flash-image"
    with pytest.raises(RejectedFault) as caught:
        offers.requote(fresh, request(), quote())
    assert (caught.value.code, caught.value.charged) == ("catalog.changed", "no")


def test_a_size_that_is_gone_is_a_refusal_and_no_fault_of_the_user():
    fresh = catalogue()
    sizes = field(fresh, "size")
    sizes["options"] = [one for one in sizes["options"] if one["value"] != "1K"]
    with pytest.raises(RejectedFault) as caught:
        offers.requote(fresh, request(), quote())
    assert caught.value.code == "catalog.changed"

"""What a request costs: exactly one rule of the live list, or a refusal."""

from __future__ import annotations

import itertools

import pytest
from domain_kit import PRICES, catalogue, leaf, quote, request, siblings
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.domain import offers
from ima_nano_banana.domain.model import FLASH, IMAGE_TO_IMAGE, PRO, TASK_TYPES, TEXT_TO_IMAGE
from ima_nano_banana.errors import Fault, RejectedFault, UsageFault

EVERY = [
    (model, size, count, task_type)
    for model, sizes in PRICES.items()
    for size, count, task_type in itertools.product(sizes, (1, 2, 3, 4), TASK_TYPES)
]


def refusal(kind, tree=None, task_type=TEXT_TO_IMAGE, **wish):
    with pytest.raises(kind) as caught:
        quote(tree, task_type, **wish)
    assert caught.value.charged == "no"
    assert str(caught.value)
    return caught.value


@pytest.mark.parametrize(("model", "size", "count", "task_type"), EVERY)
def test_the_quote_is_the_charge_for_every_model_size_count_and_task_type(model, size, count, task_type):
    """The service takes the points of the attribute that is sent, once for each picture."""
    text, image, points = PRICES[model][size]
    found = quote(task_type=task_type, model=model, size=size, count=count)
    assert found.rule.attribute_id == (text if task_type == TEXT_TO_IMAGE else image)
    assert (found.credit_each, found.credit) == (points, points * count)
    assert found.parameters == {"size": size, "aspect_ratio": "1:1"}


@pytest.mark.parametrize("model", [FLASH, PRO])
def test_without_a_size_the_live_default_is_priced_and_sent(model):
    """D11: the default's price was told, whatever was sent."""
    found = quote(model=model)
    assert (found.size, found.aspect_ratio, found.parameters["size"]) == ("1K", "1:1", "1K")
    assert found.credit == PRICES[model]["1K"][2]


@pytest.mark.parametrize(("model", "size"), [(PRO, "512"), (FLASH, "3K"), (FLASH, "2048x2048"), (PRO, "512px")])
def test_a_size_that_the_model_lacks_is_refused_and_the_options_are_listed(model, size):
    """D4: it became the first rule on the list."""
    fault = refusal(UsageFault, model=model, size=size)
    assert fault.code == "usage.bad_option"
    assert fault.params["options"] == tuple(PRICES[model])


def test_reordered_rules_change_nothing():
    tree = catalogue()
    leaf(tree)["credit_rules"].reverse()
    assert quote(tree, size="512").rule.attribute_id == 4400
    assert quote(tree).rule.attribute_id == 4401


def test_a_ratio_is_checked_against_the_live_options():
    assert quote(aspect_ratio="21:9").parameters["aspect_ratio"] == "21:9"
    assert quote(aspect_ratio="16：9").aspect_ratio == "16:9"
    assert refusal(UsageFault, aspect_ratio="7:3").params["field"] == "aspect_ratio"
    assert refusal(UsageFault, model="pro", aspect_ratio="1:8").code == "usage.bad_option"


def test_a_key_that_the_form_does_not_know_is_refused_and_the_known_ones_are_listed():
    """D19: it went to the paid create."""
    fault = refusal(UsageFault, extra={"foo": "1"})
    assert (fault.code, fault.params["known"]) == ("usage.unknown_key", ("aspect_ratio", "size", "n"))


def test_the_rules_own_spelling_is_sent():
    tree = catalogue()
    leaf(tree)["credit_rules"][2]["attributes"] = {"SIZE": " 2k "}
    assert quote(tree, size="2K").parameters["size"] == " 2k "


@pytest.mark.parametrize("kind", ["3", 3, 3.0])
def test_a_leaf_is_known_by_its_type_as_text_or_number(kind):
    """D18: leaves with a numeric type could not be seen."""
    tree = catalogue()
    for node in siblings(tree):
        node["type"] = kind
    assert quote(tree).credit == 6


def test_a_leaf_is_found_at_any_reasonable_depth():
    tree = catalogue()
    for _ in range(12):
        tree = [{"type": "1", "children": tree}]
    assert quote(tree).credit == 6


def test_another_skills_model_is_never_chosen_or_listed():
    found = offers.of_scope(offers.read_catalogue(catalogue(), TEXT_TO_IMAGE))
    assert [offer.model_id for offer in found] == [FLASH, PRO]


def test_the_live_tags_are_read():
    flash, pro = offers.of_scope(offers.read_catalogue(catalogue(), TEXT_TO_IMAGE))
    assert (flash.eet, pro.eet) == ((20.0, 35.0), (25.0, 45.0))
    assert (flash.name, flash.version_id) == ("Nano Banana 2", "gemini-3.1-flash-image-preview")


@pytest.mark.parametrize(
    ("tag", "seconds"),
    [
        ("30s", (30, 30)),
        ("1~2min", (60, 120)),
        ("20 - 35 s", (20, 35)),
        ("20～35秒", (20, 35)),
        ("soon", None),
        ("9~2s", None),
    ],
)
def test_an_eet_tag_is_read_in_seconds_or_not_at_all(tag, seconds):
    tree = catalogue()
    leaf(tree)["tags"] = [None, {"tag_type": "EET", "tag_value": tag}]
    assert quote(tree).offer.eet == seconds


def dearer(tree, version="next-preview", points=99, model=FLASH):
    second = {**leaf(tree, model), "id": version}
    second["credit_rules"] = [{**rule, "points": points} for rule in second["credit_rules"]]
    siblings(tree).append(second)
    return tree


def test_versions_that_differ_in_price_need_a_choice():
    """D12: the last one won at any price."""
    tree = dearer(catalogue())
    assert refusal(UsageFault, tree).params["versions"] == ("gemini-3.1-flash-image-preview", "next-preview")
    assert quote(tree, version_id="next-preview").credit == 99
    assert quote(tree, version_id="gemini-3.1-flash-image-preview").credit == 6
    assert quote(tree, model="pro").credit == 10


def test_of_versions_at_the_same_price_the_last_one_is_used():
    assert quote(dearer(catalogue(), points=6), size="1K").offer.version_id == "next-preview"


def test_one_version_at_two_prices_is_refused():
    tree = dearer(catalogue(), version="gemini-3.1-flash-image-preview")
    assert refusal(RejectedFault, tree).code == "catalog.two_prices"


def test_a_version_that_is_not_there_is_refused():
    assert refusal(UsageFault, version_id="nope").code == "usage.version_unknown"


@pytest.mark.parametrize("tree", [[], None, {}, "x", 0, [[]], [None], {"children": {}}])
def test_an_empty_list_offers_nothing(tree):
    fault = refusal(RejectedFault, tree=[tree])
    assert (fault.code, fault.phase) == ("catalog.model_missing", "catalog")


@pytest.mark.parametrize(
    "spoilt",
    [
        {"attribute_id": 0},
        {"attribute_id": None},
        {"attribute_id": True},
        {"points": -1},
        {"points": None},
        {"points": 1.5},
        {"points": 10**30},
        {"points": "many"},
        {"attributes": None},
        {"attributes": {"size": None}},
        {"attributes": {"size": ["1K"]}},
    ],
)
def test_a_rule_that_can_not_be_right_prices_nothing(spoilt):
    """D4, D17: the request is refused; no other rule takes its place."""
    tree = catalogue()
    leaf(tree)["credit_rules"][1] |= spoilt
    fault = refusal(RejectedFault, tree)
    assert (fault.code, fault.phase) == ("catalog.no_rule", "catalog")


def with_quality(tree, default="standard"):
    form = {"field": "quality", "value": default, "options": [{"value": "standard"}, {"value": "high"}]}
    leaf(tree)["form_config"].append(form)
    extra = {"attribute_id": 9000, "points": 20, "attributes": {"size": "1K", "quality": "HIGH"}}
    leaf(tree)["credit_rules"].insert(0, extra)
    return tree


def test_rules_are_matched_by_the_keys_that_they_carry_themselves():
    """D20: only size, quality and n were ever compared."""
    tree = with_quality(catalogue())
    assert quote(tree).rule.attribute_id == 4401
    found = quote(tree, extra={"quality": "High"})
    assert found.rule.attribute_id == 9000
    assert found.parameters == {"aspect_ratio": "1:1", "size": "1K", "quality": "HIGH"}


def test_equally_good_rules_at_different_prices_are_refused():
    tree = catalogue()
    leaf(tree)["credit_rules"].append({"attribute_id": 9, "points": 60, "attributes": {"size": "1K"}})
    assert refusal(RejectedFault, tree).code == "catalog.two_prices"


def test_the_default_rule_stands_only_where_nothing_specific_does():
    """D22."""
    tree = catalogue()
    leaf(tree)["credit_rules"][1]["attributes"] = {"default": "enabled"}
    leaf(tree)["credit_rules"].reverse()
    assert quote(tree, size="1K").rule.attribute_id == 4401
    assert "default" not in quote(tree, size="1K").parameters
    assert quote(tree, size="4K").rule.attribute_id == 4403


def test_a_rule_may_depend_on_the_number_of_pictures():
    tree = catalogue()
    leaf(tree)["credit_rules"].append({"attribute_id": 77, "points": 5, "attributes": {"size": "1K", "n": 2}})
    assert quote(tree, count=2).rule.attribute_id == 77
    assert quote(tree).rule.attribute_id == 4401
    assert "n" not in quote(tree, count=2).parameters


def test_a_boolean_is_compared_in_lower_case():
    tree = catalogue()
    leaf(tree)["form_config"].append({"field": "hd", "value": False, "options": []})
    leaf(tree)["credit_rules"].append({"attribute_id": 78, "points": 8, "attributes": {"size": "1K", "hd": True}})
    assert quote(tree).rule.attribute_id == 4401
    assert quote(tree, extra={"hd": True}).rule.attribute_id == 78


def virtual(tree):
    """Put the size behind a virtual field, as SeeDream does."""
    sizes = [(f"{px}x{px}", size) for px, size in ((512, "512px"), (1024, "1K"), (2048, "2K"), (4096, "4K"))]
    ui = {"field": "size", "value": "1K", "options": [{"value": size} for _, size in sizes], "required": True}
    rules = [{"source_values": {"size": size}, "target_value": pixels} for pixels, size in sizes]
    node = leaf(tree)
    node["form_config"][1] = {
        "field": "resolution_choice",
        "value": "1024x1024",
        "is_ui_virtual": True,
        "ui_params": [ui],
        "value_mapping": {
            "type": "simple",
            "source_params": ["size"],
            "target_param": "resolution",
            "mapping_rules": rules,
        },
    }
    for rule, (pixels, _) in zip(node["credit_rules"], sizes, strict=True):
        rule["attributes"] = {"resolution": pixels}
    return tree


def test_a_virtual_field_is_sent_as_what_it_stands_for():
    """D21: its own name was sent, and what the user chose was never mapped."""
    found = quote(virtual(catalogue()), size="2k")
    assert found.parameters == {"aspect_ratio": "1:1", "resolution": "2048x2048"}
    assert (found.size, found.rule.attribute_id) == ("2K", 4402)
    assert quote(virtual(catalogue())).parameters["resolution"] == "1024x1024"


def test_both_sides_of_a_virtual_field_must_agree():
    tree = virtual(catalogue())
    assert quote(tree, extra={"resolution": "4096x4096"}).rule.attribute_id == 4403
    assert quote(tree, size="4K", extra={"resolution": "4096x4096"}).rule.attribute_id == 4403
    assert refusal(UsageFault, tree, size="2K", extra={"resolution": "4096x4096"}).code == "usage.conflict"


def test_a_virtual_choice_without_a_mapping_is_refused():
    tree = virtual(catalogue())
    del leaf(tree)["form_config"][1]["value_mapping"]["mapping_rules"][2]
    assert refusal(UsageFault, tree, size="2K").code == "usage.no_combination"


def test_the_model_rows_show_what_each_size_costs():
    """D46: only the cheapest price was listed."""
    flash, pro = offers.rows(offers.read_catalogue(catalogue(), TEXT_TO_IMAGE))
    assert flash["sizes"] == [{"size": size, "credit": points} for size, (_, _, points) in PRICES[FLASH].items()]
    assert (pro["default_size"], pro["expected_seconds"], len(pro["aspect_ratios"])) == ("1K", [60, 120], 10)
    assert list(flash) == [
        *("name", "model_id", "version_id", "task_type", "sizes", "default_size", "aspect_ratios", "expected_seconds")
    ]


def test_the_number_of_images_is_held_to_the_live_limits():
    tree = catalogue(IMAGE_TO_IMAGE)
    leaf(tree)["files"] |= {"minLimit": 2, "maxLimit": 3}
    offer = quote(tree, IMAGE_TO_IMAGE).offer
    offers.check_images(offer, 2)
    for count in (0, 1, 4):
        with pytest.raises(UsageFault):
            offers.check_images(offer, count)


@pytest.mark.parametrize("files", [None, {}, {"maxLimit": 99}, {"minLimit": 5, "maxLimit": 2}, {"minLimit": "x"}])
def test_live_limits_never_allow_more_than_fourteen_images(files):
    tree = catalogue(IMAGE_TO_IMAGE)
    leaf(tree)["files"] = files
    offer = quote(tree, IMAGE_TO_IMAGE).offer
    offers.check_images(offer, 14)
    with pytest.raises(UsageFault):
        offers.check_images(offer, 15)


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.just(10**400)
    | st.just("x" * 9999),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(node, path=()):
    """Every place inside a JSON value."""
    yield path
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, below in steps:
        yield from places(below, (*path, step))


PLACES = [path for path in places(catalogue(IMAGE_TO_IMAGE)) if path]


@given(
    st.lists(st.tuples(st.sampled_from(PLACES), st.none() | junk.map(lambda value: (value,))), min_size=1, max_size=5)
)
def test_a_mutated_list_gives_a_consistent_quote_or_a_fault(mutations):
    """Types changed, keys dropped, nulls, huge and nested values: never anything but a fault (D17)."""
    tree = catalogue(IMAGE_TO_IMAGE)
    for path, value in mutations:
        mutate(tree, path, value)
    for wish in ({}, {"size": "512"}, {"model": "pro", "size": "4K"}, {"extra": {"quality": "x"}}):
        try:
            found = quote(tree, IMAGE_TO_IMAGE, **wish)
            offers.check_images(found.offer, 1)
        except Fault as fault:
            assert str(fault)
        else:
            consistent(found)
    offers.rows(offers.read_catalogue(tree, IMAGE_TO_IMAGE))


def mutate(tree, path, value):
    node = tree
    for step in path[:-1]:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return
    try:
        if value is None:
            del node[path[-1]]
        else:
            node[path[-1]] = value[0]
    except (KeyError, IndexError, TypeError):
        return


def consistent(found):
    """What is sent is what the rule prices, and the rule is one of the offer's own."""
    assert found.rule in found.offer.rules
    assert found.rule.attribute_id > 0
    assert 0 <= found.credit == found.rule.points * found.count < 2**60
    sent = {name.upper(): value for name, value in found.parameters.items()} | {"N": str(found.count)}
    for key, value in found.rule.attributes.items():
        if (key.strip().upper(), value.strip().upper()) != ("DEFAULT", "ENABLED"):
            assert sent[key.strip().upper()].strip().upper() == value.strip().upper()


sizes = st.sampled_from(["512px", "1K", "2K", "4K"])
rules = st.lists(
    st.fixed_dictionaries(
        {
            "attribute_id": st.integers(0, 9),
            "points": st.integers(0, 30),
            "attributes": st.dictionaries(
                st.sampled_from(["size", "Size", "quality", "n", "default"]),
                st.sampled_from(["512PX", "1k", "2K", "4K", "high", "HIGH ", "standard", "1", "2", "enabled"]),
                max_size=3,
            ),
        }
    ),
    max_size=6,
)


@given(rules, sizes, st.sampled_from([None, "high", "STANDARD"]), st.integers(1, 4))
def test_an_accepted_request_is_sent_with_exactly_the_rule_that_priced_it(rules, size, quality, count):
    tree = with_quality(catalogue(), default=None)
    leaf(tree)["credit_rules"] = rules
    try:
        found = quote(tree, size=size, count=count, extra={"quality": quality} if quality else {})
    except RejectedFault:
        return
    consistent(found)
    assert found.parameters["size"].strip().upper() == size.upper()
    fitting = [rule for rule in found.offer.rules if rule.attributes == found.rule.attributes]
    assert {rule.points for rule in fitting} == {found.rule.points}


def test_a_bottomless_list_is_read_without_recursion():
    tree = catalogue()
    deep = tree
    for _ in range(100_000):
        deep = [{"children": deep}]
    assert refusal(RejectedFault, deep).code == "catalog.model_missing"
    while deep is not tree:
        deep = deep[0]["children"]


def test_the_request_is_not_changed_by_pricing():
    asked = request(size="8K")
    assert offers.quote(catalogue(), asked).adjustments == asked.adjustments

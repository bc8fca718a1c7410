"""Rows that hold together: names, references, cycles, and where pictures go."""

from __future__ import annotations

import string

import pytest
from batch_kit import ids, planned, told
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.batch.model import RawRow
from ima_nano_banana.batch.plan import circles, plan
from ima_nano_banana.batch.price import in_order
from ima_nano_banana.domain.model import FLASH, PRO, Wish


def test_a_row_without_an_id_is_named_by_its_content():
    first = planned("prompt,size\na cat,1K\na dog,1K\n")
    second = planned("prompt,size\na dog,1K\na bird,1K\na cat,1K\n")

    assert set(ids(first.rows)) < set(ids(second.rows))


def test_the_same_words_twice_mean_two_pictures():
    rows = planned("prompt\na cat\na cat\na cat\n").rows

    assert ids(rows) == [ids(rows)[0], f"{ids(rows)[0]}-2", f"{ids(rows)[0]}-3"]
    assert len({row.stem for row in rows}) == 3


def test_an_id_that_stands_there_twice_is_named_with_both_lines():
    found = planned("id,prompt\na,x\nb,y\na,z\n")

    assert told(found.faults) == [(4, "batch.id_twice")]
    assert found.faults[0].fault.params == {"id": "a", "first": 2}


def test_every_bad_row_is_told_with_its_line():
    found = planned(
        "id,prompt,images,model,size,count,output\n"
        "1,,,,,,\n"
        "2,x,,dall-e,,,\n"
        "3,x,,,,seven,\n"
        "4,x,,,,9,\n"
        "5,x,http://example.com/a.png,,,,\n"
        "6,x,,,,,../up\n"
        "7,x,@row:nobody,,,,\n"
        "8,fine,,,,,\n"
    )

    assert [line for line, _ in told(found.faults)] == [2, 3, 4, 5, 6, 7, 8]
    assert told(found.faults)[2:4] == [(4, "batch.bad_count"), (5, "usage.bad_count")]
    assert "8" in ids(found.rows)


def test_a_reference_to_a_row_that_is_only_faulty_is_no_fault_of_its_own():
    assert told(planned("id,prompt,images\na,,\nb,x,@row:a\n").faults) == [(2, "usage.prompt_blank")]


def test_rows_that_wait_for_each_other_are_told_once_with_the_way_round():
    found = planned("id,prompt,images\na,x,@row:c\nb,x,@row:a\nc,x,@row:b\nd,x,@row:a\ne,x,@row:e\n")

    assert told(found.faults) == [(2, "batch.circle"), (6, "batch.circle")]
    assert found.faults[0].fault.params["circle"] == "a → c → b → a"


def test_a_long_chain_is_no_circle_and_no_deep_recursion():
    text = "id,prompt,images\n0,x,\n" + "".join(f"{n},x,@row:{n - 1}\n" for n in range(1, 5000))

    found = planned(text)

    assert found.faults == ()
    assert ids(tuple(in_order(found.rows)))[-1] == "4999"


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
def test_a_circle_is_found_exactly_if_there_is_one(edges: list[tuple[int, int]]):
    wanted: dict[str, list[str]] = {str(n): [] for n in range(12)}
    for child, parent in edges:
        wanted[str(child)].append(f"@row:{parent}")
    raw = [RawRow(int(name), {"id": name, "prompt": "x", "images": images or None}) for name, images in wanted.items()]
    rows = {row.id: row for row in plan(raw, Wish(model="flash")).rows}
    left = {name: set(row.parents) for name, row in rows.items()}
    while free := [name for name, parents in left.items() if not parents]:
        for name in free:
            del left[name]
        for parents in left.values():
            parents.difference_update(free)

    found = circles(rows)

    assert bool(found) == bool(left)
    assert all(set(one) <= set(left) for one in found)
    assert all(one[(n + 1) % len(one)] in rows[name].parents for one in found for n, name in enumerate(one))


def test_images_come_as_a_list_or_between_strokes_and_line_ends():
    text = '{"id":"a","prompt":"x"}\n{"prompt":"x","images":["a.png","@row:a"]}\n{"prompt":"x","images":"a.png|b.png"}'
    rows = planned(text, "a.jsonl").rows

    assert rows[1].wish.images == ("a.png", "@row:a")
    assert rows[1].parents == ("a",)
    assert rows[2].wish.images == ("a.png", "b.png")
    assert rows[2].request.task_type == "image_to_image"
    assert told(planned('{"prompt":"x","images":[1]}', "a.jsonl").faults) == [(1, "batch.bad_images")]


def test_a_row_that_says_nothing_takes_the_defaults_and_then_the_preference():
    rows = plan(
        [RawRow(1, {"prompt": "x"}), RawRow(2, {"prompt": "x", "model": "flash", "user": "ann"})],
        Wish(size="1K", user_id="bob"),
        preferred=lambda user, kind: PRO if (user, kind) == ("bob", "text_to_image") else None,
    ).rows

    assert [row.request.model_id for row in rows] == [PRO, FLASH]
    assert [row.request.user_id for row in rows] == ["bob", "ann"]
    assert [row.wish.model for row in rows] == [PRO, "flash"]


@pytest.mark.parametrize(
    "output",
    [
        "/abs",
        "../up",
        "a/../b",
        "a\\b",
        "c:x",
        "nul",
        "com1.png",
        "a<b",
        "dot.",
        "space ",
        "x" * 300,
        "a//..",
        "\u0007",
    ],
)
def test_an_output_that_leaves_the_folder_or_breaks_a_file_system_is_refused(output: str):
    assert told(planned(f'id,prompt,output\n1,x,"{output}/y"\n').faults) == [(2, "batch.bad_output")]


def test_outputs_keep_their_folders_and_lose_their_suffix():
    rows = planned("prompt,output\nx,cats/One.PNG\ny,猫/二\n").rows

    assert [row.stem for row in rows] == ["cats/One", "猫/二"]


def test_two_rows_never_share_a_picture_whatever_the_case():
    assert told(planned("prompt,output\nx,Cat\ny,cat.png\n").faults) == [(3, "batch.output_twice")]


@given(st.text(alphabet=string.printable + "猫\u202e\x00", max_size=300), st.sampled_from(["a.csv", "a.jsonl", "-"]))
def test_no_file_breaks_the_reader(text: str, name: str):
    found = planned(text, name)

    assert found.rows or found.faults
    assert all(one.line >= 1 for one in found.faults)


def test_every_fault_of_a_row_is_told_at_once():
    found = planned("id,prompt,size,count,output,aspect_ratio,model\nx,,3K,two,../a,7:0,midjourney\ny,ok,1K,1,,,\n")

    assert len(found.rows) == 1
    assert {one.line for one in found.faults} == {2}
    codes = {one.fault.code for one in found.faults}
    assert {"usage.prompt_blank", "batch.bad_count", "batch.bad_output"} <= codes
    assert len(codes) >= 4

"""Finding the rows of a file, and the line of everything that is wrong with it."""

from __future__ import annotations

import pytest
from batch_kit import told

from ima_nano_banana.batch.read import rows_of


def cells(data: str, name: str = "a.csv") -> list[tuple[int, dict[str, object]]]:
    rows, faults = rows_of(data.encode(), name)
    assert faults == []
    return [(row.line, dict(row.cells)) for row in rows]


def faults(data: str | bytes, name: str = "a.csv") -> list[tuple[int, str]]:
    return told(rows_of(data if isinstance(data, bytes) else data.encode(), name)[1])


def test_a_row_of_csv_knows_its_first_line_even_after_a_cell_of_several():
    data = 'id,prompt\n1,"a cat\non a roof"\n\n,\n2,a dog\n'

    assert cells(data) == [(2, {"id": "1", "prompt": "a cat\non a roof"}), (6, {"id": "2", "prompt": "a dog"})]


def test_what_excel_writes_is_read_as_well():
    assert cells("\ufeffID;Prompt;Aspect-Ratio\r\n1;a, b;1:1\r\n") == [
        (2, {"id": "1", "prompt": "a, b", "aspect_ratio": "1:1"})
    ]
    assert cells("prompt\tsize\na cat\t1K\n", "a.tsv") == [(2, {"prompt": "a cat", "size": "1K"})]


def test_json_lines_are_told_by_their_name_or_their_first_sign():
    assert cells('{"prompt": "a"}\n\n{"prompt": "b", "count": 2, "size": null}\n', "a.jsonl") == [
        (1, {"prompt": "a"}),
        (3, {"prompt": "b", "count": 2}),
    ]
    assert cells(' {"prompt": "a"}', "-") == [(1, {"prompt": "a"})]
    assert cells("prompt\na", "-") == [(2, {"prompt": "a"})]


def test_every_line_that_is_no_json_object_is_named():
    data = '{"prompt": "a"}\n[1]\n{"prompt": \n"x"\n' + "[" * 3000

    assert faults(data, "a.jsonl") == [(n, "batch.not_json") for n in (2, 3, 4, 5)]


def test_unknown_columns_are_named_with_those_there_are():
    _, found = rows_of(b"prompt,colour,,id\na,red,,1\n", "a.csv")

    assert told(found) == [(1, "batch.unknown_columns")]
    assert found[0].fault.params["columns"] == ["colour", '""']
    assert faults('{"prompt": "a"}\n{"prompt": "a", "hue": 1}', "a.jsonl") == [(2, "batch.unknown_columns")]


def test_a_head_that_can_not_be_right_is_refused():
    assert faults("prompt,prompt\na,b\n") == [(1, "batch.column_twice")]
    assert faults("id\n1\n") == [(1, "batch.no_prompt")]


def test_cells_too_many_and_quotes_that_do_not_match_are_found_where_they_are():
    assert faults("prompt,size\na cat, on a roof,1K\n") == [(2, "batch.too_many_cells")]
    assert faults('prompt\n"a" cat\nb\n') == [(2, "batch.not_csv")]
    assert faults('prompt\n"a cat\n') == [(2, "batch.not_csv")]


def test_a_file_without_rows_or_without_text_is_refused():
    assert faults("") == [(1, "batch.empty")]
    assert faults("prompt\n\n") == [(1, "batch.empty")]
    assert faults("prompt\na\n香蕉\n".encode("gbk")) == [(3, "batch.not_utf8")]


# Files as people have them


def test_text_of_powershell_and_excel_is_read_by_its_mark_or_its_zeros():
    for code in ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"):
        data = "prompt\tsize\r\n一只猫\t1K\r\n".encode(code)
        rows, found = rows_of(data, "a.txt")
        assert (found, [dict(row.cells) for row in rows]) == ([], [{"prompt": "一只猫", "size": "1K"}]), code


def test_excels_hint_for_itself_is_heeded_and_is_no_row():
    assert cells("sep=;\r\nid;prompt\r\n1;a, b\r\n") == [(3, {"id": "1", "prompt": "a, b"})]
    assert cells('"sep=|"\nid|prompt\n1|a;b\n') == [(3, {"id": "1", "prompt": "a;b"})]


def test_columns_and_rows_that_are_empty_are_none():
    assert cells("prompt,size,,\na cat,1K,,\n,,,\n") == [(2, {"prompt": "a cat", "size": "1K"})]
    assert faults("prompt,size,,\na cat,1K,x,\n") == [(1, "batch.unknown_columns")]


def test_numbers_and_ratios_are_read_as_tables_write_them():
    told = cells("prompt,count,size,aspect_ratio\na,2.0,512.0,16:09:00\nb,1,1K,4:03\nc,２,2K,1：1\n")
    assert [(row["count"], row["size"], row["aspect_ratio"]) for _, row in told] == [
        ("2", "512", "16:9"),
        ("1", "1K", "4:3"),
        ("2", "2K", "1:1"),
    ]
    assert cells('{"prompt": "a", "count": 2.0, "id": 7.0}', "a.jsonl") == [(1, {"prompt": "a", "count": 2, "id": 7})]


def test_headings_in_chinese_are_understood():
    told = cells("编号,提示词,尺寸,比例,张数,模型,图片,输出\n1,一只猫,1K,1:1,2,pro,a.png,猫\n")
    assert told == [
        (
            2,
            {
                "id": "1",
                "prompt": "一只猫",
                "size": "1K",
                "aspect_ratio": "1:1",
                "count": "2",
                "model": "pro",
                "images": "a.png",
                "output": "猫",
            },
        )
    ]
    assert cells('{"提示词": "一只猫", "张数": 2}', "a.jsonl") == [(1, {"prompt": "一只猫", "count": 2})]
    assert faults("prompt,提示词\na,b\n") == [(1, "batch.column_twice")]


def test_a_json_list_is_rows_and_its_texts_are_prompts():
    assert cells('[\n {"prompt": "a"},\n "b",\n]\n', "a.json") == [(2, {"prompt": "a"}), (3, {"prompt": "b"})]
    assert cells('[{"prompt": "a"}]', "-") == [(1, {"prompt": "a"})]


def test_json_lines_may_end_with_commas_and_hold_comments():
    data = '// two of them\n{"prompt": "a, // b", "count": 2,},\n# more\n{"prompt": "c"} /* ok */\n'
    assert cells(data, "a.jsonl") == [(2, {"prompt": "a, // b", "count": 2}), (4, {"prompt": "c"})]


def test_a_plain_list_of_prompts_needs_no_head():
    assert cells("a cat, on a roof\n\n一只狗\n", "a.txt") == [
        (1, {"prompt": "a cat, on a roof"}),
        (3, {"prompt": "一只狗"}),
    ]
    assert cells("一只猫\n一只狗\n", "-") == [(1, {"prompt": "一只猫"}), (2, {"prompt": "一只狗"})]
    # A head with a typo is no prompt that anybody wants to pay for.
    assert faults("promt,size\na,1K\n", "a.txt") != []
    assert faults("一只猫\n一只狗\n", "a.csv") != []


def test_gbk_that_happens_to_be_utf_8_is_not_believed():
    for word in ("猫", "小猫", "猫, 1K"):
        data = f"prompt,size\n{word.partition(',')[0]},1K\n".encode("gbk")
        assert data.decode("utf-8")
        _, found = rows_of(data, "a.csv")
        assert told(found) == [(2, "batch.maybe_gbk")], word
        assert found[0].fault.params["gbk"] == word.partition(",")[0]
        assert rows_of(data, "a.csv", "utf-8")[1] == []
        assert [dict(row.cells)["prompt"] for row in rows_of(data, "a.csv", "gbk")[0]] == [word.partition(",")[0]]


def test_languages_with_accents_and_other_alphabets_are_believed():
    for text in ("un café à la crème", "il gatto è rosso", "żółć", "мама мыла раму", "γάτα", "חתול", "قطة", "gå på øl"):
        assert cells(f"prompt\n{text}\n") == [(2, {"prompt": text})]


@pytest.mark.parametrize(
    "data",
    [
        '#TYPE System.Management.Automation.PSCustomObject\r\n"prompt","size"\r\n"a cat","1K"\r\n',
        "# my list\n\n# of today\nprompt,size\na cat,1K\n",
        "prompt|size\na cat|1K\n",
        "提示词，尺寸\na cat，1K\n",
        "提示词；尺寸\na cat；1K\n",
        "prompt,size\r\na cat,1K\r\n\x1a",
    ],
)
def test_a_table_is_read_below_remarks_and_with_any_sign_between_its_columns(data: str):
    for name in ("a.csv", "a.txt"):
        [(_, told)] = cells(data, name)
        assert told == {"prompt": "a cat", "size": "1K"}


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.txt", "a", "a.jsonl"])
@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0\xa1\xb1junk", b"%PDF-1.7\n", b"\x1f\x8b\x08junk", b"\x89PNG\r\n\x1a\njunk"],
)
def test_a_workbook_or_another_document_is_no_prompt(data: bytes, name: str):
    assert faults(data, name) == [(1, "batch.document")]


def test_what_is_no_prompt_is_not_paid_for_as_one():
    assert faults("prompt\na cat\x07\n") == [(2, "batch.control")]
    assert faults("| prompt | size |\n|---|:--|\n| a cat | 1K |\n", "a.md") == [(1, "batch.drawn")]
    for error in ("#REF!", "#NAME?", "#N/A", "#DIV/0!"):
        assert faults(f"prompt,size\na cat,1K\n{error},1K\n") == [(3, "batch.sheet_error")]


def test_the_marks_of_a_list_are_no_part_of_its_prompts():
    assert cells("# mine\n1. a cat\n2) a dog\n- a bird\n", "a.txt") == [
        (2, {"prompt": "a cat"}),
        (3, {"prompt": "a dog"}),
        (4, {"prompt": "a bird"}),
    ]
    assert cells("1、一只猫\n2、一只狗\n", "a.txt") == [(1, {"prompt": "一只猫"}), (2, {"prompt": "一只狗"})]
    # A number that stands for itself, and a word that begins with a hash.
    assert cells("3 cats\n#sunset at sea\n", "a.txt") == [(1, {"prompt": "3 cats"}), (2, {"prompt": "#sunset at sea"})]

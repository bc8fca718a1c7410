"""Finding the rows of a file, and the line of everything that is wrong with it."""

from __future__ import annotations

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

"""Secrets are cut out of every text that leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.wire.redact import clean, redact
from samples.answers import KEY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"key {KEY} here", "key ima_*** here"),
        (f"https://cdn.example.com/1_{KEY}_2.png", "https://cdn.example.com/1_ima_***_2.png"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("https://a.example.com/x?Signature=s&Expires=1 end", "https://a.example.com/x?*** end"),
        ("https://user:pw@a.example.com/x", "https://a.example.com/x"),
        ("ima_another_key_0123456789abcdef", "ima_***"),
        ("logs/ima_skills/ima_create_20260401.log", "logs/ima_skills/ima_create_20260401.log"),
    ],
)
def test_secrets_are_cut_and_the_rest_stays(text: str, expected: str):
    assert redact(text, KEY) == expected


def test_a_text_of_the_service_becomes_one_short_printable_line():
    assert clean("content\n rejected\x1b[31m\u202e by\tpolicy") == "content rejected [31m by policy"
    assert clean(None) == clean(["x"]) == clean("  ") == ""
    assert len(clean("長い" * 1000)) == 200


@given(st.text(), st.text())
def test_the_key_never_survives_cleaning(before: str, after: str):
    line = clean(before + KEY + after, KEY, limit=10_000)

    assert KEY not in line
    assert line.isprintable()


def test_a_key_that_is_escaped_in_an_address_is_cut_as_well():
    text = redact("https://cdn.example.com/ima_a%2bb%2Fc.png", "ima_a+b/c")

    assert text == "https://cdn.example.com/ima_***.png"


def test_no_piece_of_a_key_is_left_where_a_long_text_is_cut():
    assert "ima_shor" not in clean(" " * 1990 + "ima_shortkey12345", "ima_shortkey12345")

"""Codes and waits are read whatever their form."""

import pytest

from ima_nano_banana.wire.envelope import integer, open_envelope, retry_after


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        ("0", 0),
        (" 200 ", 200),
        (200.0, 200),
        ("200.0", 200),
        ("-1", -1),
        (True, None),
        (False, None),
        (None, None),
        ("", None),
        ("ok", None),
        (1.5, None),
        (float("inf"), None),
        (float("nan"), None),
        ("9" * 5000, None),
        ([0], None),
        ({}, None),
    ],
)
def test_a_code_may_be_a_number_or_a_string_but_no_bool(value: object, expected: int | None):
    assert integer(value) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"Retry-After": "Wed, 01 Apr 2026 10:00:30 GMT", "Date": "Wed, 01 Apr 2026 10:00:00 GMT"}, 30.0),
        ({"Retry-After": "Wed, 01 Apr 2026 10:00:30 GMT"}, 10.0),
        ({"Retry-After": "Wed, 01 Apr 2020 10:00:30 GMT"}, 0.0),
        ({"Retry-After": "999999999"}, 86_400.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Wed, 99 Apr 9999999 10:00:30 GMT"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(headers: dict[str, str], expected: float | None):
    now = 1775037620.0  # Wed, 01 Apr 2026 10:00:20 GMT

    assert retry_after(headers, now) == expected


def test_a_retry_after_date_without_any_clock_is_not_guessed():
    assert retry_after({"Retry-After": "Wed, 01 Apr 2026 10:00:30 GMT"}) is None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe\xfa", b"[" * 5_000_000, b'{"a":' * 200_000, b"null", b"9" * 9000]
)
def test_a_body_that_is_no_json_object_is_opened_as_nothing(body: bytes):
    envelope = open_envelope(200, {}, body)

    assert (envelope.code, envelope.data, envelope.is_object, envelope.succeeded) == (None, None, False, False)


def test_a_success_code_outranks_an_http_error_and_a_refusal_outranks_a_2xx():
    assert open_envelope(500, {}, b'{"code":"200"}').succeeded
    assert not open_envelope(200, {}, b'{"code":4008}').succeeded

"""Every status and shape of every endpoint ends as a value or as one typed fault."""

import json

import pytest

from ima_nano_banana.errors import (
    AuthFault,
    CreditsFault,
    DownloadFault,
    Fault,
    NetworkFault,
    RejectedFault,
    UncertainFault,
)
from ima_nano_banana.wire import answers
from samples.answers import KEY, sample


def fault_of(read, *args) -> Fault:
    with pytest.raises(Fault) as caught:
        read(*args)
    return caught.value


@pytest.mark.parametrize("case", ["list_ok", "list_ok_code_200", "list_ok_string_code", "list_ok_without_code"])
def test_a_product_list_is_handed_on_unread(case: str):
    (group,) = answers.products(*sample(case))

    assert group["children"][0]["model_id"] == "gemini-3.1-flash-image"


def test_a_single_product_node_is_a_list_of_one():
    assert answers.products(*sample("list_one_node"))[0]["type"] == "2"


@pytest.mark.parametrize(
    ("case", "kind", "code", "ima_code", "retryable"),
    [
        ("list_unauthorized_in_body", AuthFault, "auth.refused", 401, False),
        ("list_unauthorized_500", AuthFault, "auth.refused", 401, False),
        ("list_unauthorized_html", AuthFault, "auth.refused", None, False),
        ("list_rate_limited", NetworkFault, "network.rate_limited", None, True),
        ("list_rate_limited_in_body", NetworkFault, "network.rate_limited", 429, True),
        ("list_bad_gateway", NetworkFault, "network.server_error", None, True),
        ("list_redirect", NetworkFault, "network.redirect", None, False),
        ("list_html_200", NetworkFault, "network.bad_answer", None, True),
        ("list_data_null", NetworkFault, "network.bad_answer", 0, True),
        ("list_refused", RejectedFault, "rejected.other", 1234, False),
        ("list_not_found", RejectedFault, "rejected.unexplained", None, False),
    ],
)
def test_a_list_that_fails_says_why(case: str, kind: type[Fault], code: str, ima_code: int | None, retryable: bool):
    fault = fault_of(answers.products, *sample(case))

    assert (type(fault), fault.code, fault.ima_code, fault.retryable) == (kind, code, ima_code, retryable)
    assert (fault.phase, fault.charged) == ("catalog", "no")


def test_a_fault_carries_the_wait_that_the_service_asked_for():
    assert fault_of(answers.products, *sample("list_rate_limited")).retry_after == 7.0
    assert fault_of(answers.created, *sample("create_rate_limited")).retry_after == 12.0


@pytest.mark.parametrize(
    ("case", "task_id"),
    [
        ("create_ok", "0a1b2c3d"),
        ("create_ok_numeric_id", "987654321012345678"),
        ("create_ok_without_code", "0a1b2c3d"),
        ("create_ok_under_500", "0a1b2c3d"),
    ],
)
def test_a_created_task_is_known_by_its_id(case: str, task_id: str):
    assert answers.created(*sample(case)) == task_id


@pytest.mark.parametrize(
    ("case", "kind", "code", "ima_code"),
    [
        ("create_insufficient_500", CreditsFault, "credits.insufficient", 4008),
        ("create_insufficient_200", CreditsFault, "credits.insufficient", 4008),
        ("create_subscription", CreditsFault, "credits.subscription", 4014),
        ("create_unauthorized_500", AuthFault, "auth.refused", 401),
        ("create_credit_mismatch", RejectedFault, "rejected.credit_mismatch", 6006),
        ("create_rule_missing", RejectedFault, "rejected.rule", 6009),
        ("create_rule_mismatch", RejectedFault, "rejected.rule", 6010),
        ("create_invalid_attribute", RejectedFault, "rejected.attribute", 5001),
        ("create_invalid_attribute_500", RejectedFault, "rejected.attribute", 500),
        ("create_bad_size", RejectedFault, "rejected.parameters", 400),
        ("create_backend_fault", RejectedFault, "rejected.backend", 500),
        ("create_model_unavailable", RejectedFault, "rejected.model_unavailable", 503),
        ("create_rate_limited", NetworkFault, "network.rate_limited", 429),
        ("create_rate_limited_plain", NetworkFault, "network.rate_limited", None),
        ("create_other_refusal", RejectedFault, "rejected.content", 5001),
        ("create_bad_request_plain", RejectedFault, "rejected.unexplained", None),
        ("create_forbidden_plain", AuthFault, "auth.refused", None),
        ("create_redirect_307", NetworkFault, "network.redirect", None),
        ("create_redirect_302", NetworkFault, "network.redirect", None),
    ],
)
def test_a_definite_no_to_create_charged_nothing_whatever_the_http_status(
    case: str, kind: type[Fault], code: str, ima_code: int | None
):
    """D2: the body's code decides, also under HTTP 500."""
    fault = fault_of(answers.created, *sample(case))

    assert (type(fault), fault.code, fault.ima_code) == (kind, code, ima_code)
    assert (fault.phase, fault.charged) == ("create", "no")


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("create_500_plain", "uncertain.server_error"),
        ("create_502_html", "uncertain.server_error"),
        ("create_504_json_without_code", "uncertain.server_error"),
        ("create_no_id", "uncertain.bad_answer"),
        ("create_data_null", "uncertain.bad_answer"),
        ("create_id_bool", "uncertain.bad_answer"),
        ("create_html_200", "uncertain.bad_answer"),
        ("create_empty_200", "uncertain.bad_answer"),
        ("create_truncated_json", "uncertain.bad_answer"),
        ("create_bool_code", "uncertain.bad_answer"),
        ("create_list_body", "uncertain.bad_answer"),
    ],
)
def test_an_answer_to_create_that_is_neither_yes_nor_no_is_uncertain(case: str, code: str):
    """D9: such a create may have been charged, and says so."""
    fault = fault_of(answers.created, *sample(case))

    assert (type(fault), fault.code) == (UncertainFault, code)
    assert (fault.phase, fault.charged, fault.retryable) == ("create", "unknown", False)


@pytest.mark.parametrize("status", [200, 400, 429, 500])
@pytest.mark.parametrize("code", [None, 4008, 6006, 500])
def test_a_refusal_that_names_a_task_is_no_proof_that_nothing_was_charged(status: int, code: int | None):
    body: dict[str, object] = {"message": "Insufficient points", "data": {"id": "t1"}, "timestamp": 1789305859}
    if code is not None:
        body["code"] = code
    elif status == 200:
        return

    fault = fault_of(answers.created, status, {}, json.dumps(body).encode())

    assert (type(fault), fault.code, fault.charged) == (UncertainFault, "uncertain.contradictory", "unknown")


def test_a_refusal_passes_on_the_cleaned_words_of_the_service_and_never_the_key():
    """D16: the provider's own words are kept for developers, as one line without secrets."""
    body = b'{"code":5001,"message":"bad\\nkey ' + KEY.encode() + b' at https://x.example.com/?Signature=s"}'
    fault = fault_of(lambda: answers.created(200, {}, body, key=KEY))

    assert fault.detail == "bad key ima_*** at https://x.example.com/?***"
    assert KEY not in str(fault) + repr(fault) + repr(vars(fault))


def test_a_refusal_is_mapped_by_its_code_and_not_by_words_in_its_text():
    """D16: a text that mentions another code changes nothing."""
    fault = fault_of(answers.created, 200, {}, b'{"code":5001,"message":"error code: 401 unauthorized upstream"}')

    assert (type(fault), fault.ima_code) == (RejectedFault, 5001)


@pytest.mark.parametrize(
    ("case", "kind", "code"),
    [
        ("detail_unknown_task", RejectedFault, "rejected.other"),
        ("detail_nothing", RejectedFault, "rejected.unknown_task"),
        ("detail_busy_in_body", NetworkFault, "network.server_error"),
        ("detail_bad_gateway", NetworkFault, "network.server_error"),
        ("create_html_200", NetworkFault, "network.bad_answer"),
        ("list_unauthorized_500", AuthFault, "auth.refused"),
        ("list_redirect", NetworkFault, "network.redirect"),
    ],
)
def test_a_look_that_fails_is_either_definite_or_worth_another(case: str, kind: type[Fault], code: str):
    fault = fault_of(answers.detail, "0a1b2c3d", *sample(case))

    assert (type(fault), fault.code, fault.phase) == (kind, code, "poll")


def test_an_upload_ticket_names_two_places_and_shows_neither():
    ticket = answers.token(*sample("token_ok"))

    assert ticket.ful.endswith("Signature=S")
    assert ticket.fdl == "https://ima-ga.esxscloud.com/webAgent/privite/2026/04/01/1_2_3.png"
    assert "Signature" not in repr(ticket)


@pytest.mark.parametrize(
    ("case", "kind", "code", "retryable"),
    [
        ("token_null", NetworkFault, "network.bad_answer", True),
        ("token_html", NetworkFault, "network.bad_answer", True),
        ("token_http_place", NetworkFault, "upload.untrusted_place", False),
        ("token_private_place", NetworkFault, "upload.untrusted_place", False),
        ("token_private_fdl", NetworkFault, "upload.untrusted_place", False),
        ("token_unauthorized", AuthFault, "auth.refused", False),
        ("list_redirect", NetworkFault, "network.redirect", False),
    ],
)
def test_a_ticket_that_can_not_be_used_is_refused(case: str, kind: type[Fault], code: str, retryable: bool):
    """D17 and D33: null payloads, plaintext and internal places."""
    fault = fault_of(answers.token, *sample(case))

    assert (type(fault), fault.code, fault.retryable) == (kind, code, retryable)
    assert (fault.phase, fault.charged) == ("upload", "no")


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_picture_is_stored_after_any_2xx(status: int):
    assert answers.uploaded(status, {}) is None


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (307, NetworkFault, "network.redirect"),
        (403, RejectedFault, "upload.refused"),
        (429, NetworkFault, "network.rate_limited"),
        (503, NetworkFault, "network.server_error"),
    ],
)
def test_a_picture_that_was_not_stored_says_whether_to_try_again(status: int, kind: type[Fault], code: str):
    fault = fault_of(answers.uploaded, status, {})

    assert (type(fault), fault.code, fault.phase, fault.charged) == (kind, code, "upload", "no")


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (301, NetworkFault, "network.redirect"),
        (404, DownloadFault, "download.gone"),
        (403, DownloadFault, "download.gone"),
        (408, NetworkFault, "network.server_error"),
        (429, NetworkFault, "network.rate_limited"),
        (500, NetworkFault, "network.server_error"),
        (204, NetworkFault, "network.bad_answer"),
    ],
)
def test_a_picture_that_can_not_be_fetched_stays_paid(status: int, kind: type[Fault], code: str):
    fault = fault_of(answers.fetched, "https://pictures.example.com/a.png", status, {})

    assert (type(fault), fault.code, fault.phase, fault.charged) == (kind, code, "download", "yes")


@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ({"content-length": "12"}, 12),
        ({"Content-Range": "bytes 5-11/12", "Content-Length": "7"}, 12),
        ({"content-range": "bytes 5-11/*", "content-length": "7"}, None),
        ({"content-length": "12", "content-encoding": "gzip"}, None),
        ({"content-length": "-4"}, None),
        ({"content-length": "many"}, None),
        ({}, None),
    ],
)
def test_the_length_of_the_whole_picture_is_known_if_told(headers: dict[str, str], length: int | None):
    assert answers.content_length(headers) == length

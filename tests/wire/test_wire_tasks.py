"""A look at a task tells each picture's state by the table of the contract."""

import pytest

from ima_nano_banana.wire.answers import detail
from ima_nano_banana.wire.tasks import task_view
from samples.answers import KEY, sample

URL = "https://ws.esxscloud.com/a/image.jpeg"


def one(**fields: object):
    (media,) = task_view("t", {"medias": [fields]}).medias
    return media


@pytest.mark.parametrize(
    ("resource", "status", "url", "state"),
    [
        (None, "pending", None, "running"),
        ("", "processing", None, "running"),
        (0, "processing", None, "running"),
        (0, "failed", None, "failed"),
        (None, "failed", None, "failed"),
        (1, "processing", None, "running"),
        (1, "success", None, "running"),
        (1, "success", URL, "done"),
        (1, "completed", URL, "done"),
        ("1", "SUCCESS", URL, "done"),
        (1, None, URL, "done"),
        (1, "failed", URL, "failed"),
        (2, "success", URL, "failed"),
        (3, "", None, "deleted"),
        (7, "success", URL, "running"),
        ("done", "success", URL, "running"),
        (True, "success", URL, "running"),
        ([1], {"a": 1}, URL, "running"),
    ],
)
def test_the_state_of_a_picture_follows_the_table(resource: object, status: object, url: str | None, state: str):
    """D15 and D17: null with failed ends it, and an unknown status is waited for."""
    assert one(resource_status=resource, status=status, url=url).state == state


@pytest.mark.parametrize(
    ("urls", "kind", "url"),
    [
        ({"url": URL, "watermark_url": "https://w.example.com/1"}, "url", URL),
        ({"url": "", "watermark_url": "https://w.example.com/1"}, "watermark_url", "https://w.example.com/1"),
        ({"url": None, "preview_url": "https://p.example.com/1"}, "preview_url", "https://p.example.com/1"),
        (
            {"url": "http://plain.example.com/1", "preview_url": "https://p.example.com/1"},
            "preview_url",
            "https://p.example.com/1",
        ),
        ({"url": "https://127.0.0.1/1"}, "url", None),
        ({"url": 5, "watermark_url": "http://plain.example.com/1"}, "watermark_url", None),
    ],
)
def test_the_best_usable_url_is_taken_and_named(urls: dict[str, object], kind: str, url: str | None):
    """D8: one resolver, and a picture that ends well without a usable URL is still an end."""
    media = one(resource_status=1, status="success", **urls)

    assert (media.state, media.url_kind, media.url) == ("done", kind, url)


def test_a_preview_of_a_picture_that_is_still_being_made_is_not_the_picture():
    assert one(resource_status=1, status="processing", preview_url=URL).state == "running"


def test_a_done_task_tells_url_cover_and_model():
    view = detail("0a1b2c3d", *sample("detail_done"))

    assert view.task_id == "0a1b2c3d"
    assert [media.state for media in view.medias] == ["done"]
    assert view.medias[0].cover_url == "https://ws.esxscloud.com/a/cover.jpeg"
    assert (view.model_id, view.model_name, view.task_type) == (
        "gemini-3.1-flash-image",
        "Nano Banana 2",
        "text_to_image",
    )


@pytest.mark.parametrize(
    ("case", "states"),
    [
        ("detail_no_medias_yet", []),
        ("detail_running_null", ["running"]),
        ("detail_dispatched", ["running"]),
        ("detail_watermark_only", ["done"]),
        ("detail_failed_null", ["failed"]),
        ("detail_mixed", ["done", "failed", "deleted"]),
        ("detail_task_failed", []),
    ],
)
def test_each_picture_has_a_state_of_its_own(case: str, states: list[str]):
    """D10: one that failed does not hide the good ones."""
    assert [media.state for media in detail("t", *sample(case)).medias] == states


def test_reasons_are_cleaned_and_come_from_error_msg_before_remark():
    assert detail("t", *sample("detail_failed_null")).medias[0].reason == "content rejected by policy"
    assert detail("t", *sample("detail_mixed")).medias[1].reason == "model overloaded"
    assert KEY not in (task_view("t", {"medias": [{"error_msg": KEY}]}, KEY).medias[0].reason or "")


def test_a_task_level_failure_is_told():
    """D15."""
    view = detail("t", *sample("detail_task_failed"))

    assert (view.failed, view.reason) == (True, "gave up")


def test_a_hostile_number_of_pictures_is_not_read():
    assert len(task_view("t", {"medias": [{}] * 100_000}).medias) == 64

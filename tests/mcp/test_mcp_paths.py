"""Which files a client may have read: an upload becomes a public URL."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from mcp_kit import Person, Rig, body, picture, willing

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def edited(rig: Rig, era: str, image: object, person: Person | None = None, **rules: Any) -> dict[str, Any]:
    async with rig.client(era, person or willing(), **rules) as client:
        return body(await client.call_tool("edit_image", {"prompt": "at night", "images": [str(image)]}))


def with_roots(*folders: Path) -> Person:
    person = willing()
    person.roots = list(folders)
    return person


async def test_a_picture_in_the_working_folder_is_taken(rig: Rig, era: str) -> None:
    picture(rig.work / "deep" / "cat.png")
    for reference in ("deep/cat.png", rig.work / "deep" / "cat.png", (rig.work / "deep" / "cat.png").as_uri()):
        assert (await edited(rig, era, reference))["status"] == "done"


@pytest.mark.parametrize("way", ["{far}", "../elsewhere/cat.png", "file://{far}", "deep/../../elsewhere/cat.png"])
async def test_a_picture_elsewhere_is_refused_and_not_uploaded(rig: Rig, era: str, way: str) -> None:
    far = picture(rig.folder / "elsewhere" / "cat.png")
    told = await edited(rig, era, way.format(far=far))
    assert told["error"]["kind"] == "usage"
    assert "--allow-path" in told["error"]["hint"]
    assert rig.world.books.count("put") == 0
    assert rig.creates == 0


async def test_a_link_that_leads_out_of_the_working_folder_is_refused(rig: Rig, era: str) -> None:
    far = picture(rig.folder / "elsewhere" / "cat.png")
    (rig.work / "near.png").symlink_to(far)
    assert (await edited(rig, era, "near.png"))["error"]["kind"] == "usage"
    assert rig.world.books.count("put") == 0


async def test_a_folder_with_a_similar_name_is_not_inside(rig: Rig, era: str) -> None:
    far = picture(rig.folder / "work-private" / "cat.png")
    assert (await edited(rig, era, far))["error"]["kind"] == "usage"


async def test_a_picture_in_the_clients_roots_is_taken_and_the_roots_are_asked_for_only_then(
    rig: Rig, era: str
) -> None:
    far = picture(rig.folder / "elsewhere" / "cat.png")
    person = with_roots(rig.folder / "project", rig.folder / "elsewhere")
    assert (await edited(rig, era, far, person))["status"] == "done"
    assert person.roots_asked == 1

    near = picture(rig.work / "cat.png", "red")
    person = with_roots(rig.folder / "project")
    assert (await edited(rig, era, near, person))["status"] == "done"
    assert person.roots_asked == 0


async def test_a_picture_outside_the_clients_roots_is_refused(rig: Rig, era: str) -> None:
    far = picture(rig.folder / "elsewhere" / "cat.png")
    assert (await edited(rig, era, far, with_roots(rig.folder / "project")))["error"]["kind"] == "usage"
    assert rig.creates == 0


async def test_a_folder_that_the_server_was_told_to_allow_is_allowed(rig: Rig, era: str) -> None:
    far = picture(rig.folder / "elsewhere" / "cat.png")
    assert (await edited(rig, era, far, allow_paths=(rig.folder / "elsewhere",)))["status"] == "done"


async def test_a_server_started_at_the_root_or_at_home_has_no_working_folder(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = rig.folder / "somebody"
    far = picture(home / "elsewhere" / "cat.png")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for cwd in (home, home.parents[-1]):
        told = await edited(rig, "2026-07-28", far, cwd=cwd)
        assert told["error"]["kind"] == "usage"
    assert rig.creates == 0
    near = picture(home / "Pictures" / "nano-banana" / "cat.png")
    told = await edited(rig, "2026-07-28", near, cwd=home)
    assert told["files"][0].startswith(str(home / "Pictures" / "nano-banana"))


@pytest.mark.parametrize("image", ["http://example.com/cat.png", "https://127.0.0.1/cat.png", "", "cat.png"])
async def test_unsafe_links_and_missing_files_are_refused(rig: Rig, era: str, image: str) -> None:
    assert (await edited(rig, era, image))["error"]["kind"] == "usage"
    assert rig.creates == 0


@pytest.mark.parametrize(
    "image",
    [
        "data:image/png;base64,!!!!",
        "data:image/png;base64," + base64.b64encode(b"just some words, no picture at all").decode(),
        "data:image/gif;base64," + base64.b64encode(b"GIF89a" + bytes(64)).decode(),
        "A" * 6000,
    ],
)
async def test_data_that_is_no_picture_is_refused(rig: Rig, era: str, image: str) -> None:
    assert (await edited(rig, era, image))["error"]["kind"] == "usage"
    assert rig.world.books.count("put") == 0


async def test_a_reference_to_a_picture_that_was_never_made_is_refused(rig: Rig, era: str) -> None:
    assert (await edited(rig, era, "@last"))["error"]["kind"] == "usage"


async def test_data_leaves_no_file_behind(rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    data = base64.b64encode(picture(rig.folder / "elsewhere" / "cat.png").read_bytes()).decode()
    assert (await edited(rig, "legacy", data))["status"] == "done"
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("asked", ["my%20cat.png", "@my cat.png", "'my cat.png'", "my\u00a0cat.png"])
async def test_a_name_that_looks_alike_is_taken_and_said(rig: Rig, asked: str) -> None:
    picture(rig.work / "my cat.png")
    async with rig.client(person=willing()) as client:
        told = body(await client.call_tool("edit_image", {"prompt": "at night", "images": [asked]}))
    assert told["status"] == "done"
    assert "my cat.png" in told["notes"][0]


async def test_a_name_that_looks_alike_leads_nowhere_that_may_not_be_read(rig: Rig, tmp_path: Path) -> None:
    picture(tmp_path / "elsewhere" / "my cat.png")
    for asked in (f"{tmp_path}/elsewhere/my%20cat.png", "%2e%2e/elsewhere/my cat.png", "@../elsewhere/my cat.png"):
        async with rig.client(person=willing()) as client:
            error = body(await client.call_tool("edit_image", {"prompt": "x", "images": [asked]}))["error"]
        assert error["kind"] == "usage"
        assert rig.world.books.count("put") == 0


@pytest.mark.parametrize("prefix", ["", "data:image/jpeg;base64,"])
async def test_data_cut_short_is_refused_before_anything_is_uploaded(rig: Rig, prefix: str) -> None:
    whole = picture(rig.work / "a.jpg", size=(400, 300), kind="JPEG").read_bytes()
    text = base64.b64encode(whole).decode()
    async with rig.client(person=willing()) as client:
        given = {"prompt": "x", "images": [prefix + text[: len(text) // 3]]}
        error = body(await client.call_tool("edit_image", given))["error"]
    assert (error["kind"], error["charged"]) == ("usage", "no")
    assert "nano-banana-" not in error["message"]
    assert rig.world.books.count("put") == 0

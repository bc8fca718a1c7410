"""Every argument is understood or refused before anything is spent, whatever its type."""

from __future__ import annotations

import io
import math
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from library_kit import place
from PIL import Image

from ima_nano_banana import AsyncClient, Client, Fault, UsageFault

pytestmark = pytest.mark.anyio

WRONG = [
    {"timeout": 0},
    {"timeout": -1},
    {"timeout": -math.inf},
    {"timeout": math.nan},
    {"timeout": "soon"},
    {"timeout": True},
    {"timeout": [60]},
    {"timeout": timedelta(seconds=-1)},
    {"size": 3.5},
    {"size": 777},
    {"size": True},
    {"size": ["1K"]},
    {"size": b"1K"},
    {"max_credits": "ten"},
    {"max_credits": 10.5},
    {"max_credits": -1},
    {"max_credits": True},
    {"max_credits": math.nan},
    {"max_credits": Fraction(1, 2)},
    {"count": 0},
    {"count": 5},
    {"count": "two"},
    {"count": 1.5},
    {"count": False},
    {"count": object()},
    {"model": 3},
    {"model": object()},
    {"version_id": 1.5},
    {"aspect_ratio": 1.7},
    {"aspect_ratio": (16, 9, 1)},
    {"extra": "size=2K"},
    {"extra": [("size", "2K")]},
    {"extra": {1: 2}},
    {"extra": {"size": object()}},
    {"keep_size": "no"},
    {"keep_size": 1},
    {"again": "false"},
    {"download": "no"},
    {"output_dir": 5},
    {"output_dir": b"pictures"},
    {"output_dir": " "},
    {"output_dir": "a\0b"},
    {"on_event": "print"},
    {"images": 5},
    {"images": {"a": "b.png"}},
    {"images": [["a.png"]]},
    {"images": [None]},
    {"images": [5]},
    {"images": b"no picture"},
    {"images": [b""]},
    {"images": io.StringIO("text")},
    {"images": "no-such-file.png"},
    {"images": ["x.png"] * 15},
]


@pytest.mark.parametrize("told", WRONG)
async def test_what_can_not_be_understood_is_a_usage_fault_and_spends_nothing(
    told: dict[str, Any], tmp_path: Path
) -> None:
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
        with pytest.raises(UsageFault) as raised:
            await ima.generate("a fox", **told)
    assert len(raised.value.message) < 400
    assert raised.value.suggestion
    assert (on.creates, on.charged) == (0, 0)


@pytest.mark.parametrize("prompt", [None, 5, b"a fox", "", " ", ["a fox"]])
async def test_a_prompt_is_text(prompt: Any, tmp_path: Path) -> None:
    async with AsyncClient(sandbox=True, env=place(tmp_path).env) as ima:
        for method in (ima.generate, ima.quote):
            with pytest.raises(UsageFault):
                await method(prompt)
        with pytest.raises(UsageFault):
            ima.submit(prompt)


@pytest.mark.parametrize(
    ("told", "size", "count"),
    [
        ({"size": 512}, "512px", 1),
        ({"size": "1k", "count": "2"}, "1K", 2),
        ({"size": "2K", "count": 2.0, "max_credits": "30"}, "2K", 2),
        ({"size": 512, "max_credits": math.inf, "aspect_ratio": (16, 9)}, "512px", 1),
        ({"size": 512, "timeout": None}, "512px", 1),
        ({"size": 512, "timeout": math.inf}, "512px", 1),
        ({"size": 512, "timeout": "60"}, "512px", 1),
        ({"size": 512, "timeout": timedelta(minutes=1)}, "512px", 1),
    ],
)
async def test_what_can_be_understood_is(told: dict[str, Any], size: str, count: int, tmp_path: Path) -> None:
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
        result = await ima.generate("a fox", output_dir=str(tmp_path / "out"), **told)
    assert (result.size, result.count, len(result.files)) == (size, count, count)


def photo() -> Image.Image:
    return Image.new("RGB", (64, 48), "teal")


def encoded(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    photo().save(out, kind)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded())
    return path


FORMS: dict[str, Any] = {
    "a text": str,
    "a path": lambda file: file,
    "bytes": lambda file: file.read_bytes(),
    "a bytearray": lambda file: bytearray(file.read_bytes()),
    "a view": lambda file: memoryview(file.read_bytes()),
    "a file in memory": lambda file: io.BytesIO(file.read_bytes()),
    "a list of texts": lambda file: [str(file)],
    "a tuple of paths": lambda file: (file,),
    "a generator": lambda file: (one for one in [file]),
    "a list of bytes": lambda file: [file.read_bytes()],
}


@pytest.mark.parametrize("form", FORMS)
async def test_the_same_picture_in_any_form_is_the_same_request(form: str, file: Path, tmp_path: Path) -> None:
    on = place(tmp_path, seconds=60)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), timeout=0.01) as ima:
        for images in (file, FORMS[form](file)):
            with pytest.raises(Fault) as raised:
                await ima.generate("as oil", images=images)
            assert raised.value.kind == "timeout"
    assert on.creates == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F"])
async def test_a_pil_image_of_any_mode_is_a_picture(mode: str, tmp_path: Path) -> None:
    on = place(tmp_path)
    image = (
        Image.new("L", (64, 48), 90).convert("RGB").convert(mode) if mode in ("HSV", "LA") else photo().convert(mode)
    )
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
        result = await ima.edit("as oil", image, output_dir=tmp_path / "out")
        again = await ima.edit("once more", result, output_dir=tmp_path / "out")
    assert (result.task_type, again.task_type) == ("image_to_image", "image_to_image")


async def test_an_open_file_may_be_closed_once_the_request_is_submitted(file: Path, tmp_path: Path) -> None:
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), output_dir=tmp_path) as ima:
        with file.open("rb") as opened:
            handle = ima.submit("as oil", images=opened)
        assert len((await handle.result()).files) == 1
        with pytest.raises(UsageFault, match=r"images"):
            await ima.edit("as oil", opened)


async def test_a_nameless_picture_is_told_by_its_place(tmp_path: Path) -> None:
    async with AsyncClient(sandbox=True, env=place(tmp_path).env) as ima:
        with pytest.raises(UsageFault) as raised:
            await ima.quote("as oil", images=[encoded(), b"GIF89a and so on"])
    assert "images[1]" in raised.value.message


async def test_nothing_is_left_of_nameless_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), output_dir=tmp_path) as ima:
        await ima.edit("as oil", encoded("PNG"))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("asked", ["zh", "zh-CN", "zh_TW", "ZH", "zh-Hans-CN", "zh_CN.UTF-8"])
async def test_chinese_in_its_spellings(asked: str, tmp_path: Path) -> None:
    async with AsyncClient(sandbox=True, language=asked, env=place(tmp_path).env) as ima:
        with pytest.raises(UsageFault) as raised:
            await ima.generate("a fox", count=9)
    assert "一次生成" in raised.value.message
    assert "一次生成" not in str(raised.value)


@pytest.mark.parametrize("asked", ["", "fr", "english", "zhx", "enn", "de_DE", "chinese", 5, b"zh", True])
def test_any_other_language_is_refused(asked: Any) -> None:
    for make in (AsyncClient, Client):
        with pytest.raises(UsageFault):
            make(sandbox=True, language=asked)


@pytest.mark.parametrize(
    "told",
    [
        {"sandbox": "no"},
        {"sandbox": None},
        {"scenes": "no-such-scene", "sandbox": True},
        {"scenes": ["lost-create"]},
        {"scenes": 5, "sandbox": True},
        {"user_id": b"x"},
        {"user_id": 1.5},
        {"env": ["A"]},
        {"env": {"A": 1}},
        {"api_key": b"ima_0123456789abcdef"},
        {"timeout": -1},
        {"max_credits": "x"},
        {"size": 1.5},
        {"on_event": 1},
    ],
)
def test_a_client_is_not_made_of_what_it_can_not_understand(told: dict[str, Any]) -> None:
    for make in (AsyncClient, Client):
        with pytest.raises(UsageFault) as raised:
            make(**told)
        assert "0123456789" not in str(raised.value)


async def test_what_the_client_was_told_holds_where_a_call_says_nothing(tmp_path: Path) -> None:
    on = place(tmp_path)
    own = {"size": 512, "count": 2, "output_dir": tmp_path / "out", "max_credits": 5}
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), **own) as ima:  # type: ignore[arg-type]
        with pytest.raises(Fault) as raised:
            await ima.generate("a fox")
        assert raised.value.kind == "budget"
        result = await ima.generate("a fox", max_credits=math.inf)
        assert (result.size, result.count) == ("512px", 2)
        assert (await ima.generate("a fox", size="1K", count=1, max_credits=50)).size == "1K"
        assert {Path(file).parent for file in result.files} == {tmp_path / "out"}


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("resume", {"task_id": ""}),
        ("resume", {"task_id": None}),
        ("resume", {"task_id": "x", "timeout": -1}),
        ("models", {"task_types": "text_to_text"}),
        ("models", {"task_types": 5}),
        ("tasks", {"states": "ended"}),
        ("tasks", {"limit": 0}),
        ("tasks", {"since": "yesterday"}),
        ("costs", {"by": "week"}),
        ("costs", {"since": math.nan}),
        ("set_limit", {"period": "week", "points": 5}),
        ("set_limit", {"period": "day", "points": "five"}),
        ("set_limit", {"period": "day", "points": 5, "scope": "me"}),
        ("edit", {"prompt": "a fox", "images": []}),
        ("edit", {"prompt": "a fox", "images": None}),
    ],
)
async def test_every_other_method_refuses_as_well(method: str, told: dict[str, Any], tmp_path: Path) -> None:
    async with AsyncClient(sandbox=True, env=place(tmp_path).env) as ima:
        with pytest.raises(UsageFault):
            await getattr(ima, method)(**told)


@pytest.mark.parametrize("wrong", [{"size": "{}"}, {"model": "{}"}, {"images": "{}.png"}])
async def test_no_fault_repeats_a_key_or_all_of_an_endless_argument(tmp_path: Path, wrong: dict[str, str]) -> None:
    key, on = "ima_9f8e7d6c5b4a39281706f5e4d3c2b1a0", place(tmp_path)
    for word in (key, "A" * 100_000):
        async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
            with pytest.raises(Fault) as told:
                await ima.generate("a cat", **{name: value.format(word) for name, value in wrong.items()})  # type: ignore[arg-type]
        said = f"{told.value} {told.value.message} {told.value.suggestion}"
        assert key not in said
        assert "A" * 1000 not in said

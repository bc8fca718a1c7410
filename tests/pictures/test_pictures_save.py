"""A paid picture is brought home whole, or its address is told."""

from __future__ import annotations

import asyncio
import errno
import io
from dataclasses import dataclass, field

import pytest
from PIL import Image

from ima_nano_banana import words
from ima_nano_banana.errors import DownloadFault, NetworkFault, RejectedFault
from ima_nano_banana.pictures import measure as measuring
from ima_nano_banana.pictures import place
from ima_nano_banana.pictures.save import save

pytestmark = pytest.mark.anyio
URL = "https://cdn.example/sandbox/x.png?sign=1"


def picture(made: str = "PNG", size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(file, made)
    return file.getvalue()


WHOLE = picture()


@dataclass
class FakeClock:
    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Info:
    status: int
    content_type: str | None
    length: int | None


@dataclass
class Answers:
    """Each attempt gets the next answer; the last one repeats."""

    answers: list[object]
    asked: int = 0

    async def __call__(self, url, sink, *, offset=0):
        assert (url, offset) == (URL, 0)
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        data, length = answer if isinstance(answer, tuple) else (answer, len(answer))
        for at in range(0, len(data), 1000):
            sink(data[at : at + 1000])
        return Info(200, "image/png", length)


def lost(**params):
    return NetworkFault("network.lost", phase="download", charged="yes", **params)


async def run(fetch, folder, clock=None, deadline=1600.0):
    return await save(fetch, URL, folder, "moon-1", clock=clock or FakeClock(), deadline=deadline)


async def failing(fetch, folder, clock=None, deadline=1600.0) -> DownloadFault:
    with pytest.raises(DownloadFault) as caught:
        await run(fetch, folder, clock, deadline)
    assert caught.value.charged == "yes"
    assert caught.value.params["url"] == URL
    for language in words.LANGUAGES:
        assert words.text(caught.value.code, language, **caught.value.params)
        assert URL in words.text(caught.value.code + ".do", language, **caught.value.params)
    assert not folder.is_dir() or not [path for path in folder.iterdir() if path.suffix == ".part"]
    return caught.value


@pytest.mark.parametrize(("made", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
async def test_the_saved_bytes_are_the_received_bytes_and_the_content_gives_the_suffix(tmp_path, made, suffix):
    data = picture(made)
    saved = await run(Answers([data]), tmp_path / "new" / "folder")
    assert saved.path == tmp_path / "new" / "folder" / f"moon-1.{suffix}"
    assert saved.path.read_bytes() == data
    assert (saved.width, saved.height, saved.format) == (64, 48, suffix)
    assert list(saved.path.parent.iterdir()) == [saved.path]


async def test_a_file_of_the_same_name_is_not_replaced(tmp_path):
    (tmp_path / "moon-1.png").write_text("mine")
    saved = await run(Answers([WHOLE]), tmp_path)
    assert saved.path.name == "moon-1 (2).png"
    assert (tmp_path / "moon-1.png").read_text() == "mine"


async def test_two_savers_at_once_keep_both_pictures(tmp_path):
    other = picture()
    one, two = await asyncio.gather(run(Answers([WHOLE]), tmp_path), run(Answers([other]), tmp_path))
    assert {one.path.read_bytes(), two.path.read_bytes()} == {WHOLE, other}


async def test_a_download_of_unknown_length_is_saved_when_it_decodes(tmp_path):
    saved = await run(Answers([(WHOLE, None)]), tmp_path)
    assert saved.path.read_bytes() == WHOLE


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((WHOLE[:-500], len(WHOLE)), "download.truncated"),
        ((WHOLE[:2000], None), "download.damaged"),
        ((picture("JPEG")[:-300], None), "download.damaged"),
        (b"", "download.truncated"),
        (b"<!doctype html><html>sorry</html>", "download.not_a_picture"),
        (b'{"code": 500}', "download.not_a_picture"),
        (picture("GIF"), "download.not_a_picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 400, "download.damaged"),
        (lost(), "download.unreachable"),
        (lost(http_status=502), "download.unreachable"),
        (RejectedFault("rejected.other", http_status=404), "download.gone"),
        (DownloadFault("download.gone", http_status=404), "download.gone"),
    ],
)
async def test_whatever_is_wrong_is_tried_again_and_then_the_address_is_told(tmp_path, answer, code):
    clock = FakeClock()
    once = Answers([answer, WHOLE])
    assert (await run(once, tmp_path / "a", clock)).path.read_bytes() == WHOLE
    assert once.asked == 2
    always = Answers([answer])
    fault = await failing(always, tmp_path / "b")
    assert fault.code == code
    assert always.asked >= 5


async def test_five_tries_are_made_even_when_the_deadline_has_passed(tmp_path):
    clock, fetch = FakeClock(), Answers([lost()] * 4 + [WHOLE])
    await run(fetch, tmp_path, clock, deadline=0.0)
    assert fetch.asked == 5
    assert clock.slept == sorted(clock.slept)
    assert min(clock.slept) > 0


async def test_retry_after_is_honoured(tmp_path):
    clock = FakeClock()
    await run(Answers([lost(http_status=429, retry_after=37.0), WHOLE]), tmp_path, clock)
    assert clock.slept[0] >= 37.0


async def test_a_retry_after_beyond_all_patience_ends_the_attempt_without_waiting(tmp_path):
    clock = FakeClock()
    fetch = Answers([lost(http_status=429, retry_after=9000.0)])
    assert (await failing(fetch, tmp_path, clock)).code == "download.unreachable"
    assert (fetch.asked, clock.slept) == (1, [])


@pytest.mark.parametrize("code", ["download.unusable_url", "download.too_large"])
async def test_what_can_only_go_wrong_again_is_not_tried_again(tmp_path, code):
    fetch = Answers([DownloadFault(code)])
    with pytest.raises(DownloadFault) as caught:
        await run(fetch, tmp_path)
    assert (caught.value.code, caught.value.charged) == (code, "yes")
    assert fetch.asked == 1


async def test_a_folder_that_can_not_be_written_tells_the_reason_and_the_address(tmp_path):
    (tmp_path / "file").touch()
    fault = await failing(Answers([WHOLE]), tmp_path / "file")
    assert fault.code == "download.disk"


async def test_a_full_disk_is_told_at_once_and_leaves_no_part(tmp_path, monkeypatch):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    def part_file(folder, now):
        path = folder / ".ima-x.part"
        path.touch()
        return path, Full()

    monkeypatch.setattr(place, "part_file", part_file)
    fetch = Answers([WHOLE])
    fault = await failing(fetch, tmp_path)
    assert (fault.code, fetch.asked) == ("download.disk", 1)
    assert "No space left" in str(fault)


async def test_an_absurdly_large_picture_is_not_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "MAX_PIXELS", 64 * 48 - 1)
    assert (await failing(Answers([WHOLE]), tmp_path)).code == "download.too_large"
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    assert (await failing(Answers([file.getvalue()]), tmp_path)).code in ("download.too_large", "download.damaged")


async def test_a_download_that_is_called_off_leaves_nothing_behind(tmp_path):
    begun = asyncio.Event()

    async def endless(url, sink, *, offset=0):
        sink(WHOLE[:100])
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(run(endless, tmp_path / "out"))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list((tmp_path / "out").iterdir()) == []

"""Bytes of pictures: small copies, the files that the books name, and many of them in one archive."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from ima_nano_banana.doors.studio import asked, making
from ima_nano_banana.doors.studio.thumbs import SIDES, key_of
from ima_nano_banana.local.private import open_regular, read_regular
from ima_nano_banana.pictures.sniff import ACCEPTED, HEAD, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from ima_nano_banana.doors.studio.house import House

LARGEST = 100_000_000
FOREVER = "private, max-age=31536000, immutable"
PIECE = 1 << 16
MOST_IN_ARCHIVE = 500
NOTHING = Response(status_code=404)


async def thumb(request: Request, house: House) -> Response:
    """Answer with a small copy; its address holds the key of its picture, so it may be kept for ever."""
    told = request.path_params
    file = await making.picture(house, told["id"], told["number"])
    if file is None or told["side"] not in SIDES or await asyncio.to_thread(key_of, file) != told["key"]:
        return NOTHING
    return await _copy(house, file, told["side"])


async def input_thumb(request: Request, house: House) -> Response:
    """Answer with a small copy of a picture that was given to the page."""
    file = making.given(house, request.path_params["digest"])
    return NOTHING if file is None else await _copy(house, file, SIDES[0])


async def _copy(house: House, file: Path, side: int) -> Response:
    copy = await house.thumbs.copy_of(file, side)
    if copy is None:
        return NOTHING
    data = await asyncio.to_thread(copy.read_bytes)
    return Response(data, media_type="image/webp", headers={"cache-control": FOREVER})


async def picture(request: Request, house: House) -> Response:
    """Answer with a picture byte for byte, as the kind that it is by its content."""
    file = await making.picture(house, request.path_params["id"], request.path_params["number"])
    if file is None:
        return NOTHING
    try:
        data = await asyncio.to_thread(read_regular, file, LARGEST)
    except OSError:
        return NOTHING
    kind = sniff(data[:HEAD])
    if kind not in ACCEPTED:
        return NOTHING
    way = "attachment" if "download" in request.query_params else "inline"
    headers = {
        "content-disposition": f"{way}; filename*=UTF-8''{quote(file.name)}",
        "cache-control": "private, max-age=3600",
    }
    return Response(data, media_type=kind.content_type, headers=headers)


async def archive(request: Request, house: House) -> Response:
    """Answer with the pictures of several requests in one file, made as it is sent."""
    wanted = [one for one in request.query_params.get("ids", "").split(",") if asked.ID.fullmatch(one)]
    found: list[Path] = []
    for name in wanted[:MOST_IN_ARCHIVE]:
        seen = await house.shelf.seen(name)
        if seen is not None and seen.item.realm == house.realm:
            found += [Path(file) for file in seen.item.files]
    if not found:
        return NOTHING
    headers = {"content-disposition": 'attachment; filename="pictures.zip"', "cache-control": "no-store"}
    return StreamingResponse(_zipped(found), media_type="application/zip", headers=headers)


def _zipped(files: list[Path]) -> Iterator[bytes]:
    """Yield an archive piece by piece; pictures are packed already, so nothing is packed again."""
    buffer = _Pieces()
    names: dict[str, int] = {}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
        for file in files:
            try:
                source = open_regular(file)
            except OSError:
                continue
            with source, packed.open(_unused(file, names), "w", force_zip64=True) as into:
                while piece := source.read(PIECE):
                    into.write(piece)
                    yield buffer.taken()
    yield buffer.taken()


def _unused(file: Path, names: dict[str, int]) -> str:
    seen = names[file.name] = names.get(file.name, 0) + 1
    return file.name if seen == 1 else f"{file.stem}-{seen}{file.suffix}"


class _Pieces(io.RawIOBase):
    """A file that can only be written on, and is emptied as it is."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """It can be written."""
        return True

    def write(self, data: object, /) -> int:
        """Hold some more."""
        piece = bytes(data)  # type: ignore[call-overload]
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        """Return what is held, and hold it no more."""
        piece, self._held = bytes(self._held), bytearray()
        return piece

"""Input pictures as a client names them: paths it may read, URLs, ``@last``, and bare base64."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, cast

import anyio.to_thread

from ima_nano_banana.doors import references
from ima_nano_banana.doors.mcp.house import is_working_folder
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures.inputs import MAX_BYTES, local_path
from ima_nano_banana.pictures.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.doors.mcp.house import House
    from ima_nano_banana.doors.mcp.questions import Questions

_DATA_URL = re.compile(r"data:[^,]*,", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]+=*\s*")
_WEB = re.compile(r"https?://", re.IGNORECASE)
LONGEST_PATH = 4096
SHORTEST_PICTURE = 32
"""Characters; a shorter word is a path, even one made of base64 letters."""


async def located(images: Sequence[str], house: House, questions: Questions, folder: Path) -> tuple[str, ...]:
    """Turn what the client named into what the engine takes.

    Args:
        images: As the client named them.
        house: Knows the working folder, the allowed folders and the user's own pictures.
        questions: Asks for the client's roots if a path lies elsewhere.
        folder: Where base64 data is put; the engine reads it there.

    Raises:
        UsageFault: a path outside the allowed folders, unreadable data, or a picture that is not known.
        AskedError: the client must tell its roots first.
    """
    found = []
    for number, told in enumerate(images, start=1):
        asked = told.strip()
        data = None if asked.startswith("@") else _data(asked, number)
        if data is not None:
            found.append(_stored(data, folder, number))
        elif asked.startswith("@"):
            # The references read three attributes of a desk, which a house has as well.
            desk = cast("Desk", house)
            own = await anyio.to_thread.run_sync(references.resolved, desk, (asked,))
            found += own if own != (asked,) else (await _allowed(asked, house, questions),)
        elif not asked or _WEB.match(asked):
            found.append(asked)
        else:
            found.append(await _allowed(asked, house, questions))
    return tuple(found)


def _data(asked: str, number: int) -> bytes | None:
    """Return the bytes of base64 data, or ``None`` if this is no such thing."""
    url = _DATA_URL.match(asked)
    if url is None and (len(asked) < SHORTEST_PICTURE or not _BASE64.fullmatch(asked)):
        return None
    text = asked[url.end() :] if url else asked
    if len(text) > MAX_BYTES * 2:
        raise UsageFault("image.too_large", path=f"#{number}", limit=MAX_BYTES // 1_000_000)
    data = _decoded(text)
    # A path may well be made of base64 letters ("/9j/…" is even how a JPEG begins): the content decides.
    if data is not None and sniff(data) is not None:
        return data
    if url is not None or len(asked) > LONGEST_PATH:
        raise UsageFault("mcp.bad_data", number=number)
    return None


def _decoded(text: str) -> bytes | None:
    compact = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _stored(data: bytes, folder: Path, number: int) -> str:
    kind = sniff(data)
    path = folder / f"input-{number}.{kind.suffix if kind else 'bin'}"
    path.write_bytes(data)
    return str(path)


async def _allowed(asked: str, house: House, questions: Questions) -> str:
    """Return the real path, links resolved, if it lies where the server may read."""
    path = _real(local_path(asked, house.cwd))
    folders = [_real(one) for one in house.settings.allow_paths]
    if is_working_folder(house.cwd):
        folders.append(_real(house.cwd))
    folders.append(_real(house.output_dir))
    if not _inside(path, folders):
        folders += [_real(local_path(root, house.cwd)) for root in await questions.roots() if _is_file_url(root)]
        if not _inside(path, folders):
            raise UsageFault("mcp.outside", path=asked, folders=[str(one) for one in folders])
    return str(path)


def _is_file_url(root: str) -> bool:
    return root.lower().startswith("file://")


def _inside(path: Path, folders: list[Path]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()

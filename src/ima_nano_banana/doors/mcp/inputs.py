"""Input pictures as a client names them: paths it may read, URLs, ``@last``, and bare base64."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, NamedTuple

import anyio.to_thread

from ima_nano_banana.domain.model import Note
from ima_nano_banana.domain.urls import FILE, is_url, scheme_of
from ima_nano_banana.doors import references
from ima_nano_banana.doors.mcp.house import is_working_folder
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures.inputs import MAX_BYTES, local_path, look
from ima_nano_banana.pictures.lookalike import alike
from ima_nano_banana.pictures.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ima_nano_banana.doors.mcp.house import House
    from ima_nano_banana.doors.mcp.questions import Questions

_DATA_URL = re.compile(r"data:[^,]*,", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]+=*\s*")
LONGEST_PATH = 4096
SHORTEST_PICTURE = 32
"""Characters; a shorter word is a path, even one made of base64 letters."""


async def located(
    images: Sequence[str], house: House, questions: Questions, folder: Path, key: str | None = None
) -> Located:
    """Turn what the client named into what the engine takes.

    Args:
        images: As the client named them.
        house: Knows the working folder, the allowed folders and the user's own pictures.
        questions: Asks for the client's roots if a path lies elsewhere.
        folder: Where base64 data is put; the engine reads it there.
        key: The caller's name for the request.

    Raises:
        UsageFault: a path outside the allowed folders, unreadable data, or a picture that is not known.
        AskedError: the client must tell its roots first.
    """
    found = Located([], [])
    for number, told in enumerate(images, start=1):
        asked = told.strip()
        data = None if asked.startswith("@") else _data(asked, number)
        if data is not None:
            found.images.append(await anyio.to_thread.run_sync(_stored, data, folder, number))
        elif asked.startswith("@"):
            own = await anyio.to_thread.run_sync(references.resolved, house, (asked,), house.cwd, key)
            if own != (asked,):
                found.images.extend(own)
            else:
                await _allowed(asked, house, questions, found)
        elif not asked or is_url(asked):
            found.images.append(asked)
        else:
            await _allowed(asked, house, questions, found)
    return found


class Located(NamedTuple):
    """The inputs as the engine takes them, and what there is to remark about how they were found."""

    images: list[str]
    notes: list[Note]


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
    try:
        look(str(path), folder)
    except UsageFault as fault:
        if fault.code == "image.damaged":  # the client knows no such file, only its own data
            raise UsageFault("mcp.bad_data", number=number) from None
        raise
    return str(path)


async def _allowed(asked: str, house: House, questions: Questions, found: Located) -> None:
    """Add the real path, links resolved, if it lies where the server may read.

    A name that only looks like that of a file is judged by where the file lies, and nothing is told of other places.
    """
    exact = await anyio.to_thread.run_sync(_exact, asked, house)
    meant = [exact] if exact is not None else list(await anyio.to_thread.run_sync(alike, asked, house.cwd))
    paths = [_real(one) for one in meant] or [_real(local_path(asked, house.cwd))]
    folders = await _folders(paths, house, questions)
    inside = [one for one in paths if _inside(one, folders)]
    if not inside:
        raise UsageFault("mcp.outside", path=asked, folders=list(dict.fromkeys(map(str, folders))))
    if len(inside) > 1:
        raise UsageFault("image.ambiguous", path=asked, names=[str(one) for one in inside])
    found.images.append(str(inside[0]))
    if exact is None and meant:
        found.notes.append(Note("image.note_alike", {"asked": asked, "name": inside[0].name}))


def _exact(asked: str, house: House) -> Path | None:
    """Return the file of this very name, if there is one."""
    try:
        path = local_path(asked, house.cwd)
        return path if path.exists() else None
    except (OSError, ValueError):
        return None
    except UsageFault as fault:
        if fault.code == "image.scheme":
            raise
        return None


async def _folders(paths: list[Path], house: House, questions: Questions) -> list[Path]:
    """Return where the server may read; the client's roots are asked for only if the others do not do."""
    folders = [_real(one) for one in house.settings.allow_paths]
    if is_working_folder(house.cwd):
        folders.append(_real(house.cwd))
    folders.append(_real(house.output_dir))
    if not any(_inside(one, folders) for one in paths):
        folders += [_real(local_path(root, house.cwd)) for root in await questions.roots() if scheme_of(root) == FILE]
    return folders


def _inside(path: Path, folders: list[Path]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()

"""Pictures as programs have them: paths, addresses, bytes, open files, PIL images, results, or several of these."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ima_nano_banana.domain.model import Result
from ima_nano_banana.doors.library.arguments import shown
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures.inputs import MAX_BYTES

if TYPE_CHECKING:
    from PIL.Image import Image

    class Readable(Protocol):
        """A file that is open for reading in binary mode."""

        def read(self, size: int = -1, /) -> bytes:
            """Return the next bytes."""
            ...

    Picture = str | os.PathLike[str] | bytes | bytearray | memoryview | Readable | Image | Result
    Pictures = Picture | Iterable[Picture]

Taken = tuple[str | bytes, ...]
"""References as the engine takes them, and the bytes of pictures that have no name yet."""

_PLAIN = {"1", "L", "LA", "P", "RGB", "RGBA"}
_MOST = 64
"""How far an endless list is read; the engine refuses far fewer."""


def taken(images: object) -> Taken:
    """Take what was passed, at this moment: a file may be closed and an image changed later.

    Raises:
        UsageFault: it is no picture, or one that can't be read.
    """
    if images is None:
        return ()
    if _is_one(images):
        return (_one("images", images),)
    if isinstance(images, Mapping) or not isinstance(images, Iterable):
        raise UsageFault("library.picture", name="images", given=shown(images))
    found = []
    for number, one in enumerate(images):
        if number > _MOST:
            break
        if not _is_one(one):
            raise UsageFault("library.picture", name=f"images[{number}]", given=shown(one))
        found.append(_one(f"images[{number}]", one))
    return tuple(found)


def _is_one(value: object) -> bool:
    named = isinstance(value, (str, os.PathLike, bytes, bytearray, memoryview, Result))
    return named or callable(getattr(value, "read", None)) or _is_pil(value)


def _is_pil(value: object) -> bool:
    pil = sys.modules.get("PIL.Image")  # whoever has such an image has loaded it
    return pil is not None and isinstance(value, pil.Image)


def _one(name: str, value: object) -> str | bytes:
    if isinstance(value, Result):
        value = value.files[0] if value.files else value.url or ""
    if isinstance(value, str):
        return value
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _whole(name, bytes(value))
    if _is_pil(value):
        return _encoded(name, value)  # type: ignore[arg-type]
    return _whole(name, _read(name, value))


def _read(name: str, file: object) -> bytes:
    try:
        data: object = file.read(MAX_BYTES + 1)  # type: ignore[attr-defined]
    except Exception as error:
        raise UsageFault("library.unreadable", name=name, reason=type(error).__name__) from error
    if not isinstance(data, (bytes, bytearray)):
        raise UsageFault("library.unreadable", name=name, reason=type(data).__name__)
    return bytes(data)


def _encoded(name: str, image: Image) -> bytes:
    """Return an image without loss, and the same bytes each time: the same request must be known again."""
    out = io.BytesIO()
    try:
        plain = image if image.mode in _PLAIN else image.convert("RGBA" if image.mode in ("PA", "La") else "RGB")
        plain.save(out, "PNG", compress_level=1)
    except Exception as error:
        raise UsageFault("library.unreadable", name=name, reason=type(error).__name__) from error
    return _whole(name, out.getvalue())


def _whole(name: str, data: bytes) -> bytes:
    if not data:
        raise UsageFault("image.empty", path=name)
    if len(data) > MAX_BYTES:
        raise UsageFault("image.too_large", path=name, limit=MAX_BYTES // 1_000_000)
    return data


@contextmanager
def laid_down(images: Taken) -> Iterator[tuple[str, ...]]:
    """Yield references alone; nameless bytes lie in a private folder meanwhile.

    Raises:
        UsageFault: about a nameless picture, under the name that the program knows it by.
    """
    if all(isinstance(one, str) for one in images):
        yield tuple(str(one) for one in images)
        return
    with tempfile.TemporaryDirectory(prefix="nano-banana-", ignore_cleanup_errors=True) as folder:
        names: dict[str, str] = {}
        references = []
        for number, one in enumerate(images):
            if isinstance(one, bytes):
                path = Path(folder) / f"image-{number}"
                path.write_bytes(one)
                names[str(path)] = f"images[{number}]"
                one = str(path)  # noqa: PLW2901 -- from here on it has a name
            references.append(one)
        try:
            yield tuple(references)
        except UsageFault as fault:
            fault.params = {name: names.get(str(value), value) for name, value in fault.params.items()}
            raise

"""Input pictures: recognised by content, hashed, and refused before anything is sent.

An upload becomes a public URL, so a file that only has the name of a picture must not leave the machine.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.local.private import NotPlainError, open_regular
from ima_nano_banana.pictures.sniff import ACCEPTED, HEAD, Kind, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MAX_BYTES = 30_000_000
"""Interface, section 9: 30 MB means 30,000,000 bytes."""

_CHUNK = 1 << 20
# Two letters at least: "C:\photo.png" is a path.
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+)://|(data):", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input picture, looked at.

    Attributes:
        reference: What the user wrote.
        path: The local file; ``None`` for a URL.
        url: The public URL; ``None`` for a local file.
        digest: SHA-256 (hex) of the content; for a URL the URL itself, which is all that is known of it.
            Inputs with the same digest share one upload.
        content_type: Media type by content; empty for a URL.
        suffix: File suffix without a dot, by content; empty for a URL.
        size: Bytes; 0 for a URL.
    """

    reference: str
    path: Path | None
    url: str | None
    digest: str
    content_type: str
    suffix: str
    size: int


def look(reference: str, cwd: Path) -> Input:
    """Look at one input picture: an ``https://`` URL as it is, a local file by its content.

    The text is trimmed; ``~`` and ``file://`` are understood; a relative path is one from ``cwd``.

    Raises:
        UsageFault: the file is missing, unreadable, empty, too large, no plain file, or not a JPEG, PNG
            or WebP by content; or the URL is of another kind.
    """
    asked = reference.strip()
    if asked.lower().startswith("https://"):
        return Input(reference=reference, path=None, url=asked, digest=asked, content_type="", suffix="", size=0)
    path = local_path(asked, cwd)
    kind, digest, size = _examine(path)
    return Input(
        reference=reference,
        path=path,
        url=None,
        digest=digest,
        content_type=kind.content_type,
        suffix=kind.suffix,
        size=size,
    )


def unchanged(one: Input) -> bool:
    """Tell whether a local input is still the file that was looked at (an upload comes later than the look)."""
    if one.path is None:
        return True
    try:
        return _examine(one.path)[1] == one.digest
    except UsageFault:
        return False


def local_path(asked: str, cwd: Path) -> Path:
    """Return the absolute path that a reference means.

    Raises:
        UsageFault: it is a URL of another kind, or empty.
    """
    scheme = _SCHEME.match(asked)
    if scheme and scheme[0].lower() == "file://":
        return _from_file_url(asked)
    if scheme:
        raise UsageFault("image.scheme", scheme=(scheme[1] or scheme[2]).lower())
    if not asked:
        raise UsageFault("image.empty_reference")
    try:
        return (cwd / Path(asked).expanduser()).absolute()
    except RuntimeError:  # "~nobody"
        raise UsageFault("image.missing", path=asked) from None


def _from_file_url(asked: str) -> Path:
    from urllib.request import url2pathname  # late: it brings half an HTTP client along

    # Split by hand: a literal "?" or "#" belongs in a file name more often than a query in a file URL.
    host, slash, rest = asked[len("file://") :].partition("/")
    if host.lower() not in ("", "localhost"):
        raise UsageFault("image.remote_file", host=host)
    return Path(url2pathname(slash + rest)).absolute()


def _examine(path: Path) -> tuple[Kind, str, int]:
    """Return format, SHA-256 and size of a local picture."""
    try:
        with open_regular(path) as file:
            return _read(file, path)
    except NotPlainError:
        raise UsageFault("image.not_a_file", path=str(path)) from None
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the path
        raise UsageFault("image.missing", path=str(path)) from None
    except OSError as fault:
        raise UsageFault("image.unreadable", path=str(path), reason=fault.strerror or type(fault).__name__) from None


def _read(file: BinaryIO, path: Path) -> tuple[Kind, str, int]:
    head = file.read(HEAD)
    if not head:
        raise UsageFault("image.empty", path=str(path))
    kind = sniff(head)
    if kind is None:
        raise UsageFault("image.unknown", path=str(path))
    if kind not in ACCEPTED:
        raise UsageFault("image.format", path=str(path), format=kind.name)
    hashed, size = hashlib.sha256(head), len(head)
    for chunk in _chunks(file):
        hashed.update(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise UsageFault("image.too_large", path=str(path), limit=MAX_BYTES // 1_000_000)
    return kind, hashed.hexdigest(), size


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk

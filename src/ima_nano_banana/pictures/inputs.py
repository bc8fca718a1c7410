"""Input pictures: recognised by content, hashed, and refused before anything is sent.

An upload becomes a public URL, so a file that only has the name of a picture must not leave the machine.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ima_nano_banana.domain.urls import FILE, scheme_of
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.local.paths import from_here
from ima_nano_banana.local.private import NotPlainError, open_regular
from ima_nano_banana.pictures import decode, lookalike
from ima_nano_banana.pictures.sniff import ACCEPTED, HEAD, JPEG, Kind, sniff

if TYPE_CHECKING:
    from typing import BinaryIO

MAX_BYTES = 30_000_000
"""Interface, section 9: 30 MB means 30,000,000 bytes."""

_KNOWN_CONTENTS = 1000
_MOST_NAMED = 4


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
        alike: The file is not the one of the very name that the user wrote, only the one that looks like it.
        personal: It holds EXIF, XMP, IPTC, comments or the like, which are no part of the picture.
        turned: It lies on its side and says so in its EXIF.
        foreign: The service does not read its format; ``content_type`` and ``suffix`` are those of the copy.
    """

    reference: str
    path: Path | None
    url: str | None
    digest: str
    content_type: str
    suffix: str
    size: int
    alike: bool = False
    personal: bool = False
    turned: bool = False
    foreign: bool = False


def look(reference: str, cwd: Path | None) -> Input:
    """Look at one input picture: an ``https://`` URL as it is, a local file by its content.

    The text is trimmed; ``~`` and ``file://`` are understood; a relative path is one from ``cwd``. A file is decoded:
    what is cut short or damaged would be paid for and make another picture than was meant.

    Raises:
        UsageFault: the file is missing, unreadable, empty, too large, no plain file, not a whole JPEG, PNG or WebP
            by content (or a HEIC or AVIF that can be converted); or the URL is of another kind.
    """
    asked = reference.strip()
    if scheme_of(asked) == "https":
        return Input(reference=reference, path=None, url=asked, digest=asked, content_type="", suffix="", size=0)
    path, is_alike = found(asked, cwd)
    content = _examine(path)
    foreign = content.kind not in ACCEPTED
    sent = JPEG if foreign else content.kind
    return Input(
        reference=reference,
        path=path,
        url=None,
        digest=content.digest,
        content_type=sent.content_type,
        suffix=sent.suffix,
        size=content.size,
        alike=is_alike,
        personal=content.seen.personal,
        turned=content.seen.turned,
        foreign=foreign,
    )


def found(asked: str, cwd: Path | None) -> tuple[Path, bool]:
    """Return the file that a reference means, and whether it only looks like the name.

    Raises:
        UsageFault: it is a URL of another kind, empty, or a name that may mean several files.
    """
    try:
        path = local_path(asked, cwd)
    except UsageFault as fault:
        if fault.code in ("image.scheme", "local.no_cwd"):
            raise
        path, strange = None, fault
    if path is not None and _is_there(path):
        return path, False
    meant = lookalike.alike(asked, cwd or Path("/"))
    if len(meant) == 1:
        return meant[0], True
    if len(meant) > 1:
        raise UsageFault("image.ambiguous", path=asked, names=[str(one) for one in meant[:_MOST_NAMED]])
    if path is None:
        raise strange
    return path, False


def _is_there(path: Path) -> bool:
    try:
        return path.exists() or path.is_symlink()
    except (OSError, ValueError):
        return False


def local_path(asked: str, cwd: Path | None) -> Path:
    """Return the absolute path that a reference means.

    Raises:
        UsageFault: it is a URL of another kind, or empty.
    """
    scheme = scheme_of(asked)
    if scheme == FILE:
        return _from_file_url(asked)
    if scheme is not None:
        raise UsageFault("image.scheme", scheme=scheme)
    if not asked:
        raise UsageFault("image.empty_reference")
    return from_here(Path(asked), cwd)


def _from_file_url(asked: str) -> Path:
    from urllib.request import url2pathname  # late: it brings half an HTTP client along

    # Split by hand: a literal "?" or "#" belongs in a file name more often than a query in a file URL.
    host, slash, rest = asked[len("file://") :].partition("/")
    if host.lower() not in ("", "localhost"):
        raise UsageFault("image.remote_file", host=host)
    return Path(url2pathname(slash + rest)).absolute()


class _Content(NamedTuple):
    kind: Kind
    digest: str
    size: int
    seen: decode.Seen


def _examine(path: Path) -> _Content:
    """Return what a local picture is."""
    try:
        with open_regular(path) as file:
            return _read(file, path)
    except NotPlainError:
        raise UsageFault("image.not_a_file", path=str(path)) from None
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the path
        raise _missing(path) from None
    except OSError as fault:
        raise UsageFault("image.unreadable", path=str(path), reason=fault.strerror or type(fault).__name__) from None


def _missing(path: Path) -> UsageFault:
    names = lookalike.near(path)
    if names:
        return UsageFault("image.missing_near", path=str(path), names=names)
    return UsageFault("image.missing", path=str(path))


def _read(file: BinaryIO, path: Path) -> _Content:
    head = file.read(HEAD)
    if not head:
        raise UsageFault("image.empty", path=str(path))
    kind = sniff(head)
    if kind is None:
        raise UsageFault("image.unknown", path=str(path))
    if kind not in (*ACCEPTED, *decode.FOREIGN):
        raise UsageFault("image.format", path=str(path), format=kind.name)
    data = head + file.read(MAX_BYTES + 1 - len(head))
    if len(data) > MAX_BYTES:
        raise UsageFault("image.too_large", path=str(path), limit=MAX_BYTES // 1_000_000)
    try:
        digest, seen = _seen(data, kind)
    except decode.UndecodableError as fault:
        raise UsageFault(fault.code, path=str(path), format=kind.name) from None
    return _Content(kind, digest, len(data), seen)


_contents: OrderedDict[str, decode.Seen] = OrderedDict()
"""What decoding has shown, by content: one request is looked at several times, and a batch names the same pictures."""


def _seen(data: bytes, kind: Kind) -> tuple[str, decode.Seen]:
    digest = hashlib.sha256(data).hexdigest()
    known = _contents.get(digest)
    if known is None:
        known = _contents[digest] = decode.seen(data, kind)
        while len(_contents) > _KNOWN_CONTENTS:
            _contents.popitem(last=False)
    return digest, known

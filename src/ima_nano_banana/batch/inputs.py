"""The input pictures of rows as files and addresses: what ``@last`` means, and where relative paths begin."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.batch.model import REFERENCE, LineFault, Loose, Row
from ima_nano_banana.domain.request import is_url
from ima_nano_banana.engine import references
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ima_nano_banana.engine.ports import Ports
    from ima_nano_banana.ledger import Ledger

Meant = dict[tuple[str, str | None], "str | UsageFault"]
"""What each reference means under the caller's key for its row, or why it means nothing."""


async def meant(ports: Ports, user: str, rows: Sequence[Row], loose: Sequence[Loose]) -> Meant:
    """Look every reference of the rows up in the books at once; no books are opened for rows without one.

    Raises:
        StorageFault: the books can't be read.
    """
    told = [(image, row.wish.idempotency_key) for row in rows for image in row.wish.images]
    told += [(image, None) for row in loose for image in row.images]
    asked = [one for one in dict.fromkeys(told) if _is_own(one[0])]
    if not asked:
        return {}
    cwd = ports.cwd or Path.cwd()
    ledger = ports.ledger
    look = partial(_looked_up, user=user, realm=ports.realm, cwd=cwd)
    return await ledger.run(lambda: {one: look(ledger.ledger, one) for one in asked}, shared=False)


def _is_own(told: str) -> bool:
    return not _is_plain(told) and references.is_reference(told)


def _looked_up(ledger: Ledger, asked: tuple[str, str | None], *, user: str, realm: str, cwd: Path) -> str | UsageFault:
    try:
        return references.picture(ledger, asked[0], user=user, realm=realm, cwd=cwd, key=asked[1])
    except UsageFault as fault:
        return fault


def with_images(rows: Iterable[Row], base: Path, known: Mapping[tuple[str, str | None], str | UsageFault]) -> Found:
    """Put pictures of the history in the place of references, and make paths absolute."""
    found: list[Row] = []
    faults = []
    for row in rows:
        try:
            images = _images(row.wish.images, base, partial(_own, known, row.wish.idempotency_key))
        except UsageFault as fault:
            faults.append(LineFault(row.line, fault, row.id))
            images = ()
        found.append(replace(row, wish=replace(row.wish, images=images)))
    return found, faults


def loose_images(
    loose: Iterable[Loose], base: Path, known: Mapping[tuple[str, str | None], str | UsageFault]
) -> tuple[list[Loose], list[LineFault]]:
    """Do the same for rows that don't hold together, so that all their faults are told at once."""
    found = []
    faults = []
    for row in loose:
        try:
            images = _images(row.images, base, partial(_own, known, None))
        except UsageFault as fault:
            faults.append(LineFault(row.line, fault, row.id))
        else:
            found.append(replace(row, images=images))
    return found, faults


Found = tuple[list[Row], list[LineFault]]


def _own(known: Mapping[tuple[str, str | None], str | UsageFault], key: str | None, told: str) -> str:
    found = known.get((told, key), told)
    if isinstance(found, UsageFault):
        raise found
    return found


def _images(told: Iterable[str], base: Path, own: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(_image(one, base, own) for one in told)


def _image(told: str, base: Path, own: Callable[[str], str]) -> str:
    if _is_plain(told):
        return told
    if told.startswith(references.MARK):
        told = own(told)
        if is_url(told):
            return told
    try:
        path = Path(told).expanduser()
    except RuntimeError:
        return told
    # Beside the file that names it; else where the command is run.
    beside, here = base / path, path.absolute()
    return str(here if not beside.exists() and here.exists() else beside)


def _is_plain(told: str) -> bool:
    return told.startswith(REFERENCE) or is_url(told) or told.lower().startswith("file:")

"""From cells to rows that hold together: names, references, cycles, and where each picture goes. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ima_nano_banana.batch.model import REFERENCE, LineFault, Plan, RawRow, Row
from ima_nano_banana.domain.model import IMAGE_TO_IMAGE, TEXT_TO_IMAGE, Wish
from ima_nano_banana.domain.request import is_url, resolve
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures.names import stem as picture_stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Preferred = Callable[[str, str], str | None]

_LONGEST_ID = 200
_LONGEST_OUTPUT = 200
_SUFFIX = re.compile(r"\.(png|jpe?g|webp)$", re.IGNORECASE)
# What some file system would not take, or take for something else.
_BAD_IN_NAME = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]|[. ]$')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def plan(raw: Sequence[RawRow], defaults: Wish, *, preferred: Preferred = lambda *_: None) -> Plan:
    """Return the rows that hold together, and every fault of the others.

    Args:
        raw: The rows as written.
        defaults: What holds where a row says nothing: model, size, ratio, count, user, language.
        preferred: Tells a user's stored model for a task type.
    """
    faults: list[LineFault] = []
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for one in raw:
        try:
            row = _row(one, defaults, preferred, seen)
        except UsageFault as fault:
            faults.append(LineFault(one.line, fault, _told_id(one)))
            continue
        if row.id in seen:
            twice = UsageFault("batch.id_twice", id=row.id, first=seen[row.id])
            faults.append(LineFault(one.line, twice, row.id))
            continue
        seen[row.id] = one.line
        rows.append(row)
    known = {name for one in raw if (name := _told_id(one))} | set(seen)
    faults += [*_reference_faults(rows, known), *_output_faults(rows)]
    return Plan(rows=tuple(rows), faults=tuple(sorted(faults, key=lambda fault: fault.line)))


def _told_id(raw: RawRow) -> str | None:
    told = raw.cells.get("id")
    return str(told).strip() or None if isinstance(told, (str, int)) and not isinstance(told, bool) else None


def _row(raw: RawRow, defaults: Wish, preferred: Preferred, seen: dict[str, int]) -> Row:
    told = raw.cells
    user = _text(raw, "user") or defaults.user_id
    images = tuple(_images(raw))
    wish = replace(
        defaults,
        prompt=_text(raw, "prompt"),
        images=images,
        model=_text(raw, "model") or defaults.model,
        size=_text(raw, "size") or defaults.size,
        aspect_ratio=_text(raw, "aspect_ratio") or defaults.aspect_ratio,
        count=_count(told.get("count")) or defaults.count,
        user_id=user,
        idempotency_key=_text(raw, "idempotency_key"),
    )
    if wish.model is None:
        # Fixed here, so that a preference stored meanwhile does not change what was quoted.
        task_type = IMAGE_TO_IMAGE if images else TEXT_TO_IMAGE
        request = resolve(wish, preferred_model=preferred(user, task_type))
        wish = replace(wish, model=request.model_id, preferred=True)
    else:
        request = resolve(wish)
    wish = replace(wish, language=request.language)
    content = _digest(wish)
    name = _id(raw) or _named(content, seen)
    return Row(
        id=name,
        line=raw.line,
        wish=wish,
        request=request,
        parents=tuple(dict.fromkeys(image[len(REFERENCE) :] for image in images if image.startswith(REFERENCE))),
        stem=_stem(raw, name, _id(raw) or request.prompt),
        content=content,
    )


def _text(raw: RawRow, name: str) -> str | None:
    value = raw.cells.get(name)
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise UsageFault("batch.not_text", column=name)
    return value.strip() or None


def _id(raw: RawRow) -> str | None:
    name = _text(raw, "id")
    if name is not None and (len(name) > _LONGEST_ID or not name.isprintable()):
        raise UsageFault("batch.bad_id", most=_LONGEST_ID)
    return name


def _named(content: str, seen: dict[str, int]) -> str:
    """Name a row by its content; the same words once more on a later line mean one more picture."""
    name = content[:12]
    number = 1
    while name in seen:
        number += 1
        name = f"{content[:12]}-{number}"
    return name


def _digest(wish: Wish) -> str:
    facts = (wish.prompt, wish.images, wish.model, wish.size, wish.aspect_ratio, wish.count, wish.user_id)
    return hashlib.sha256(json.dumps(facts).encode("ascii")).hexdigest()


def _count(told: object) -> int | None:
    if told is None:
        return None
    text = str(told).strip() if isinstance(told, (str, int)) and not isinstance(told, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise UsageFault("batch.bad_count", value=str(told)[:20])
    return int(text)


def _images(raw: RawRow) -> list[str]:
    """Return the images of a row: a JSON list, or texts between line ends, semicolons or upright strokes."""
    told = raw.cells.get("images")
    if isinstance(told, str) and told.strip().startswith("["):
        try:
            told = json.loads(told)
        except ValueError:
            raise UsageFault("batch.bad_images") from None
    if isinstance(told, str):
        told = [part for part in re.split(r"[\n|;]", told) if part.strip()]
    if told is None:
        return []
    if not isinstance(told, list) or not all(isinstance(one, str) and one.strip() for one in told):
        raise UsageFault("batch.bad_images")
    return [str(one).strip() for one in told]


def _stem(raw: RawRow, row_id: str, readable: str) -> str:
    told = _text(raw, "output")
    if told is None:
        return picture_stem(readable, hashlib.sha256(row_id.encode("utf-8", "surrogatepass")).hexdigest())
    return checked_stem(told)


def checked_stem(told: str) -> str:
    """Return where a row's pictures go, below the output folder and without a suffix.

    Raises:
        UsageFault: it leads elsewhere, or no system could name a file so.
    """
    path = PurePosixPath(_SUFFIX.sub("", told))
    bad = path.is_absolute() or not path.parts or len(told.encode("utf-8", "replace")) > _LONGEST_OUTPUT
    if bad or any(part == ".." or _BAD_IN_NAME.search(part) or _RESERVED.match(part) for part in path.parts):
        raise UsageFault("batch.bad_output", output=told[:80])
    return path.as_posix()


def _output_faults(rows: Iterable[Row]) -> list[LineFault]:
    seen: dict[str, int] = {}
    faults = []
    for row in rows:
        first = seen.setdefault(row.stem.casefold(), row.line)
        if first != row.line:
            fault = UsageFault("batch.output_twice", output=row.stem, first=first)
            faults.append(LineFault(row.line, fault, row.id))
    return faults


def _reference_faults(rows: Sequence[Row], known: set[str]) -> list[LineFault]:
    by_id = {row.id: row for row in rows}
    faults = []
    for row in rows:
        strange = [name for name in row.parents if name not in known]
        if strange:
            faults.append(LineFault(row.line, UsageFault("batch.no_such_row", ids=strange), row.id))
    for circle in circles(by_id):
        row = by_id[circle[0]]
        shown = " → ".join((*circle, circle[0]))
        faults.append(LineFault(row.line, UsageFault("batch.circle", circle=shown), row.id))
    return faults


def circles(rows: dict[str, Row]) -> list[tuple[str, ...]]:
    """Return each set of rows that wait for each other, in the order in which they do, the first of the file first."""
    found: list[tuple[str, ...]] = []
    ended: set[str] = set()
    for start in rows:
        path: list[str] = []
        places: dict[str, int] = {}
        waiting: list[tuple[str, int]] = [(start, 0)]
        while waiting:
            name, depth = waiting.pop()
            for left in path[depth:]:
                ended.add(left)
                del places[left]
            del path[depth:]
            if name in places:
                found.append(tuple(path[places[name] :]))
                continue
            if name in ended or name not in rows:
                continue
            places[name] = len(path)
            path.append(name)
            waiting += [(parent, len(path)) for parent in rows[name].parents]
        ended.update(path)
    return found


def local_images(row: Row) -> tuple[str, ...]:
    """Return the images of a row that are files of this machine."""
    return tuple(one for one in row.wish.images if not one.startswith(REFERENCE) and not is_url(one))

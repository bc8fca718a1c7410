"""From cells to rows that hold together: names, references, cycles, and where each picture goes. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.batch.model import REFERENCE, LineFault, Loose, Plan, RawRow, Row
from ima_nano_banana.domain.model import IMAGE_TO_IMAGE, TEXT_TO_IMAGE, Wish
from ima_nano_banana.domain.request import is_url, resolve
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures.names import is_reserved
from ima_nano_banana.pictures.names import stem as picture_stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ima_nano_banana.domain.model import Request

    Preferred = Callable[[str, str], str | None]

T = TypeVar("T")

_LONGEST_ID = 200
_LONGEST_OUTPUT = 200
_SUFFIX = re.compile(r"\.(png|jpe?g|webp)$", re.IGNORECASE)
# What some file system would not take, or take for something else.
_BAD_IN_NAME = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]|[. ]$')


def plan(
    raw: Sequence[RawRow],
    defaults: Wish,
    *,
    preferred: Preferred = lambda *_: None,
    sender: str | None = None,
) -> Plan:
    """Return the rows that hold together, and every fault of the others.

    Args:
        raw: The rows as written.
        defaults: What holds where a row says nothing: model, size, ratio, count, user, language.
        preferred: Tells a user's stored model for a task type.
        sender: Who wrote in the chat, where the host names one; no row is another user's then.
    """
    faults: list[LineFault] = []
    rows: list[Row] = []
    loose: list[Loose] = []
    seen: dict[str, int] = {}
    for one in raw:
        row, wrong = _row(one, defaults, preferred, seen)
        if row is not None and sender not in (None, row.wish.user_id):
            row, wrong = None, [UsageFault("usage.another_user")]
        if row is None:
            faults += [LineFault(one.line, fault, _told_id(one)) for fault in wrong]
            loose.append(_loose(one, defaults, preferred))
            continue
        if row.id in seen:
            twice = UsageFault("batch.id_twice", id=row.id, first=seen[row.id])
            faults.append(LineFault(one.line, twice, row.id))
            continue
        seen[row.id] = one.line
        rows.append(row)
    known = {name for one in raw if (name := _told_id(one))} | set(seen)
    faults += [*_reference_faults(rows, known), *_output_faults(rows)]
    return Plan(rows=tuple(rows), faults=tuple(sorted(faults, key=lambda fault: fault.line)), loose=tuple(loose))


def _told_id(raw: RawRow) -> str | None:
    told = raw.cells.get("id")
    return str(told).strip() or None if isinstance(told, (str, int)) and not isinstance(told, bool) else None


def _row(
    raw: RawRow, defaults: Wish, preferred: Preferred, seen: dict[str, int]
) -> tuple[Row | None, list[UsageFault]]:
    """Return the row, or everything that is wrong with it."""
    faults: list[UsageFault] = []
    wish = _wish(raw, defaults, faults)
    own = _part(lambda: _id(raw), faults)
    told_stem = _part(lambda: _told_stem(raw), faults)
    request = _resolved(wish, preferred, faults)
    if faults or request is None:
        return None, faults
    if wish.model is None:
        # Fixed here, so that a preference stored meanwhile does not change what was quoted.
        wish = replace(wish, model=request.model_id, preferred=True)
    wish = replace(wish, language=request.language)
    content = _digest(wish)
    name = own or _named(content, seen)
    row = Row(
        id=name,
        line=raw.line,
        wish=wish,
        request=request,
        parents=tuple(dict.fromkeys(one[len(REFERENCE) :] for one in wish.images if one.startswith(REFERENCE))),
        stem=told_stem or _own_stem(name, own or request.prompt),
        content=content,
    )
    return row, []


def _part(read: Callable[[], T], faults: list[UsageFault]) -> T | None:
    """Read one cell; a fault of it is one of several."""
    try:
        return read()
    except UsageFault as fault:
        faults.append(fault)
        return None


def _wish(raw: RawRow, defaults: Wish, faults: list[UsageFault]) -> Wish:
    told = {name: _part(partial(_text, raw, name), faults) for name in ("prompt", "user", "model", "size")}
    ratio = _part(lambda: _text(raw, "aspect_ratio"), faults)
    count = _part(lambda: _count(raw.cells.get("count")), faults)
    key = _part(lambda: _text(raw, "idempotency_key"), faults)
    return replace(
        defaults,
        prompt=told["prompt"],
        images=tuple(_part(lambda: _images(raw), faults) or ()),
        model=told["model"] or defaults.model,
        size=told["size"] or defaults.size,
        aspect_ratio=ratio or defaults.aspect_ratio,
        count=count or defaults.count,
        user_id=told["user"] or defaults.user_id,
        idempotency_key=key,
    )


def _resolved(wish: Wish, preferred: Preferred, faults: list[UsageFault]) -> Request | None:
    """Return what the wish means, or add all that is wrong with it."""
    model = None
    if wish.model is None:
        model = preferred(wish.user_id, IMAGE_TO_IMAGE if wish.images else TEXT_TO_IMAGE)
    try:
        return resolve(wish, preferred_model=model)
    except UsageFault as whole:
        alone = _each_alone(wish, {fault.params.get("column") for fault in faults})
        faults += alone or ([] if faults else [whole])
        return None


def _each_alone(wish: Wish, unread: set[object]) -> list[UsageFault]:
    """Return what is wrong with each of the wish's parts by itself."""
    found: list[UsageFault] = []
    plain = Wish(prompt="x", user_id=wish.user_id)
    for name in ("prompt", "images", "model", "size", "aspect_ratio", "count", "idempotency_key"):
        value = getattr(wish, name)
        if name in unread or (value in (None, ()) and name != "prompt"):
            continue
        _part(partial(resolve, replace(plain, **{name: value})), found)
    return found


def _loose(raw: RawRow, defaults: Wish, preferred: Preferred) -> Loose:
    """Return what of a faulty row holds, so that the rest of its faults can be found with it."""
    wish = _wish(raw, defaults, [])
    plain = Wish(prompt="x", user_id=wish.user_id, images=wish.images)
    for name in ("model", "size", "aspect_ratio", "count"):
        one = replace(plain, **{name: getattr(wish, name)})
        if _resolved(one, preferred, []) is not None:
            plain = one
    return Loose(raw.line, _told_id(raw), wish.images, _resolved(plain, preferred, []))


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


def _told_stem(raw: RawRow) -> str | None:
    told = _text(raw, "output")
    return None if told is None else checked_stem(told)


def _own_stem(row_id: str, readable: str) -> str:
    return picture_stem(readable, hashlib.sha256(row_id.encode("utf-8", "surrogatepass")).hexdigest())


def checked_stem(told: str) -> str:
    """Return where a row's pictures go, below the output folder and without a suffix.

    Raises:
        UsageFault: it leads elsewhere, or no system could name a file so.
    """
    path = PurePosixPath(_SUFFIX.sub("", told))
    bad = path.is_absolute() or not path.parts or len(told.encode("utf-8", "replace")) > _LONGEST_OUTPUT
    if bad or any(part == ".." or _BAD_IN_NAME.search(part) or is_reserved(part) for part in path.parts):
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


def local_images(images: Iterable[str]) -> tuple[str, ...]:
    """Return those of a row's images that are files of this machine."""
    return tuple(one for one in images if not one.startswith(REFERENCE) and not is_url(one))

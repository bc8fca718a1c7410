"""What the doors read in the ledger, and write there for a person."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from ima_nano_banana.domain.realm import SANDBOX
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.ledger import Item, Ledger, Limit


class Reader(Protocol):
    """Who reads the books: one run of the command, or the house of a server."""

    @property
    def env(self) -> Mapping[str, str]:
        """The environment, which names the books."""

    @property
    def user(self) -> str:
        """Whose pictures are meant."""

    @property
    def realm(self) -> str:
        """Whose points are meant."""


@contextmanager
def ledger(session: Reader) -> Iterator[Ledger]:
    """Open the books of this machine, or those that it shares with others.

    Raises:
        StorageFault: they can't be read or written.
    """
    from ima_nano_banana.ledger import open_ledger
    from ima_nano_banana.local import paths

    with open_ledger(paths.books(session.env), aside=paths.memory_dir(paths.state_root(session.env))) as books:
        yield books


def tell_of_idle_limits(session: Session) -> list[str]:
    """Tell of limits in this machine's own ledger that hold nothing, as another one is spent from; return them."""
    from ima_nano_banana.ledger import is_shared
    from ima_nano_banana.local import paths

    if not is_shared(paths.books(session.env)):
        return []
    from ima_nano_banana.ledger.elsewhere import idle_limits, listed

    def spent_from() -> list[Limit]:
        with ledger(session) as books:
            return books.limits_show(realm=session.realm)

    idle = idle_limits(paths.ledger_file(paths.state_root(session.env)), spent_from, realm=session.realm)
    if idle:
        session.reporter.notice("cluster.idle_limits", limits=listed(idle))
    return [listed([one]) for one in idle]


def realm_shown(session: Session) -> str | None:
    """Return which history is meant: with ``--sandbox`` the simulated one, else all of it."""
    return SANDBOX if session.sandbox else None


def find(session: Session, name: str) -> Item | None:
    """Return the item of a task id, or of an unmistakable part of one; it says which realm it is of."""
    with ledger(session) as books:
        item = books.find(name, realm=realm_shown(session))
    return item if _shown_to(session, item) else None


def _shown_to(session: Session, item: Item | None) -> bool:
    """Tell whether the rows of its user are for this run; in a group, each sender has only their own."""
    return item is None or session.sender in (None, item.user_id)


def followed(session: Session, name: str) -> Item | None:
    """Return the item of a task that the service of this session is to be asked about.

    Raises:
        UsageFault: it is of the simulated service, and the real one is meant, or the other way round; or it is
            another sender's.
    """
    with ledger(session) as books:
        item = books.of_realm(name, session.realm)
    if not _shown_to(session, item):
        raise UsageFault("flags.no_task", id=name)
    return item


def known(session: Session, name: str) -> Item:
    """Return the item of a task id.

    Raises:
        UsageFault: this machine has no record of it.
    """
    item = find(session, name)
    if item is None:
        raise UsageFault("flags.no_task", id=name)
    return item


def open_items(session: Session) -> list[Item]:
    """Return the user's paid tasks that are still to be fetched, newest first."""
    with ledger(session) as books:
        return books.open_items(user_id=session.user, realm=session.realm)


def limit_object(limit: Limit) -> Json:
    """Return a limit and its use as every door shows it."""
    return {
        "scope": limit.scope,
        "user": limit.user_id,
        "period": limit.period,
        "points": limit.points,
        "used": limit.used,
        "left": limit.left,
        "resets_at": moment(limit.resets_at),
    }


def item_object(item: Item) -> Json:
    """Return one row of ``tasks --json``; ``show`` prints the same with more.

    ``credit`` is the quoted price of all pictures, ``counted`` the points of it that count in the books (limits and
    costs), ``charged`` whether it was really paid: ``yes``, ``no`` or ``unknown``.
    """
    return {
        "task_id": item.task_id,
        "state": str(item.state),
        "user": item.user_id,
        "model_id": item.model_id,
        "size": item.size,
        "aspect_ratio": item.aspect_ratio,
        "count": item.count,
        "credit": item.credit,
        "created_at": moment(item.created_at),
        "files": list(item.files),
        "id": item.id,
        "task_type": item.task_type,
        "model_name": item.model_name,
        "version_id": item.version_id,
        "prompt": item.prompt,
        "urls": list(item.urls),
        "state_at": moment(item.state_at),
        "elapsed_seconds": None if item.seconds is None else round(item.seconds, 1),
        "counted": item.committed,
        "charged": charged(item),
        "idempotency_key": item.idempotency_key,
        "sandbox": item.sandbox,
        "told_at": moment(item.told_at),
        "folder": item.folder,
        "door": item.door,
    }


def charged(item: Item) -> str:
    """Tell whether a task was paid: ``yes``, ``no`` or ``unknown``."""
    if item.state in ("sending", "uncertain"):
        return "unknown"
    if item.state == "failed":
        told = (item.fault or {}).get("charged")
        return str(told) if told in ("yes", "no", "unknown") else "yes" if item.committed else "no"
    return "no" if item.task_id is None else "yes"


def moment(seconds: float | None) -> str | None:
    """Return Unix seconds as ISO 8601 in UTC."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def local_time(seconds: float) -> str:
    """Return Unix seconds as a person reads them here."""
    from ima_nano_banana.ledger import calendar

    return calendar.local_time(seconds)


def since(told: str | None, ledger: Ledger, realm: str) -> float | None:
    """Return the start of the day that ``--since`` names, in Unix seconds; its zone is that of the limits.

    Raises:
        UsageFault: it is no date.
    """
    if told is None:
        return None
    try:
        day = datetime.fromisoformat(told.strip())
        zone = ledger.time_zone(realm).tz if day.tzinfo is None else None
        return (day if zone is None else day.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError, OSError) as wrong:
        raise UsageFault("flags.not_a_date", flag="--since", value=told) from wrong


def threshold_object(one: Limit) -> Json:
    """Return above how many points a request needs approval, and of whom."""
    user = one.scope.removeprefix("user:") if one.scope.startswith("user:") else None
    return {"scope": one.scope, "user": user, "above": one.points}

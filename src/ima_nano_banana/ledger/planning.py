"""Plans and thresholds as the ledger offers them; :mod:`.plans` decides. A part of :class:`~.books.Ledger`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.domain.periods import APPROVE
from ima_nano_banana.domain.realm import IMA
from ima_nano_banana.errors import BudgetFault, Fault, UsageFault
from ima_nano_banana.ledger import limits, plans, sql
from ima_nano_banana.ledger.rules import Rules

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from ima_nano_banana.ledger.claims import Context
    from ima_nano_banana.ledger.model import Decider, Limit, Plan, PlanState

T = TypeVar("T")


class Planning(Rules):
    """What needs an approved plan, who may approve, and the plans themselves."""

    def propose(self, draft: Plan) -> Plan:
        """Write a plan down; an identical one that is still undecided is returned instead."""
        return self._write(lambda tx, context: plans.propose(tx, draft, context.now))

    def plan(self, name: str, *, realm: str | None = None) -> Plan | None:
        """Return the plan of an id, or of an unmistakable beginning of one.

        Raises:
            UsageFault: several fit.
        """
        return self._dated(lambda tx, now: plans.find(tx, name.strip(), realm, now))

    def _dated(self, work: Callable[[sqlite3.Connection, float], T]) -> T:
        """Read how plans stand now. Books that can't be written can still be read."""
        now = self._clock.time()
        return self._read(lambda tx: work(tx, now))

    def plans(self, *, realm: str | None = None, user_id: str | None = None, open_: bool = False) -> list[Plan]:
        """Return the plans, newest first; ``open_`` are those that can still be approved or spent."""
        found = self._dated(lambda tx, now: plans.listed(tx, realm, user_id, now))
        return [one for one in found if not open_ or one.state in ("proposed", "approved")]

    def decide(
        self,
        name: str,
        state: PlanState,
        by: Decider,
        *,
        realm: str,
        digest: str | None = None,
        reason: str | None = None,
    ) -> Plan:
        """Approve or refuse a plan.

        Args:
            name: The plan.
            state: ``"approved"`` or ``"refused"``.
            by: Who decides.
            realm: Where they stand; the simulated plans are others.
            digest: What they believe to approve, or its beginning.
            reason: Why not.

        Raises:
            UsageFault: there is no such plan, or its digest is another.
            BudgetFault: they may not, or it is spent or expired.
        """
        known = self.plan(name, realm=realm)
        if known is None:
            raise UsageFault("approval.no_plan", plan_id=name.strip())
        if digest is not None and digest.strip().casefold() != known.digest:
            raise UsageFault("approval.other_digest", plan_id=known.plan_id)

        def work(tx: sqlite3.Connection, context: Context) -> Plan | Fault:
            above = limits.threshold(limits.every(tx, realm), known.user_id)
            return plans.decide(tx, known.plan_id, state, by, above=above, reason=reason, now=context.now)

        found = self._write(work)
        if isinstance(found, Fault):
            raise found
        return found

    # --- thresholds and approvers ---

    def approvals(self, realm: str = IMA) -> tuple[list[Limit], list[str]]:
        """Return above how many points whose requests need an approved plan, and who may approve in a chat."""
        return self._read(lambda tx: (limits.thresholds(tx, realm), plans.approvers(tx, realm)))

    def approvals_set(
        self,
        by: Decider,
        *,
        realm: str,
        scope: str | None = None,
        above: int | None = None,
        add: Sequence[str] = (),
        drop: Sequence[str] = (),
    ) -> None:
        """Change who needs and who gives approval; ``above=None`` removes the threshold of ``scope``.

        Raises:
            BudgetFault: through a host nobody changes what was set before: it would be a way around it.
            UsageFault: an approver or the scope has no name.
        """
        if scope is not None:
            limits.check_words(scope, APPROVE, above)
        if any(not one.strip() for one in (*add, *drop)):
            raise UsageFault("flags.missing", name="--approver")

        def work(tx: sqlite3.Connection, _: Context) -> Fault | None:
            if by.in_host and (limits.thresholds(tx, realm) or plans.approvers(tx, realm)):
                return BudgetFault("approval.settled", phase="validate")
            if scope is not None:
                values = {"realm": realm, "scope": scope, "period": APPROVE, "points": above}
                tx.execute(sql.DROP_LIMIT if above is None else sql.SET_LIMIT, values)
            for statement, names in ((sql.ADD_APPROVER, add), (sql.DROP_APPROVER, drop)):
                for name in names:
                    tx.execute(statement, {"realm": realm, "user_id": name.strip()})
            return None

        if (barred := self._write(work)) is not None:
            raise barred

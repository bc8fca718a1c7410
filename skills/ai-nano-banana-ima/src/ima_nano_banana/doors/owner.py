"""``--approval-to``: the chat of whoever approves is told of a plan that waits, once, whatever the run prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import books, order

if TYPE_CHECKING:
    from ima_nano_banana.deliver.courier import Courier
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.ledger import Plan
    from ima_nano_banana.words import Language

    Rows = list[dict[str, object]]


def of(session: Session) -> OwnersChat | None:
    """Return the chat that ``--approval-to`` names, if it names one."""
    told = order.text(session.values, "approval_to")
    return None if told is None else opened(told, session)


def opened(told: str, session: Session) -> OwnersChat:
    """Return the way to a chat.

    Raises:
        UsageFault: it names none.
    """
    from ima_nano_banana.deliver import target as targets
    from ima_nano_banana.deliver.courier import Courier
    from ima_nano_banana.deliver.messenger import Messenger
    from ima_nano_banana.local import paths

    target = targets.parse(told, session.env)
    return OwnersChat(Courier(Messenger(target, paths.state_root(session.env), session.env)), session)


class OwnersChat:
    """One chat, and the plans that it was told of."""

    def __init__(self, courier: Courier, session: Session) -> None:
        self._courier = courier
        self._session = session
        self._told: set[str] = set()

    def waiting(self, plan_id: str, language: Language) -> None:
        """Tell of a plan that waits, once."""
        if plan_id in self._told:
            return
        self._told.add(plan_id)
        with books.ledger(self._session) as ledger:
            plan = ledger.plan(plan_id, realm=self._session.realm)
        if plan is not None:
            self.tell(text(plan, language))

    def tell(self, message: str) -> None:
        """Send a message, and return at once."""
        from ima_nano_banana.deliver.message import Message

        self._courier.tell(Message("approval", message))

    def finish(self, language: Language) -> Rows:
        """Wait for the messages, and say what became of each."""
        from ima_nano_banana.doors.delivery import rows

        return rows(self._courier.finish(wait=True), language)


def text(plan: Plan, language: Language) -> str:
    """Return what the owner's chat is told of a plan that waits."""
    told = words.text(
        "approval.owner",
        language,
        user=plan.user_id,
        plan_id=plan.plan_id,
        credit=plan.credit,
        model=plan.facts["model_name"],
        size=plan.facts["size"],
        aspect_ratio=plan.facts["aspect_ratio"],
        count=plan.facts["count"],
        at=books.local_time(plan.expires_at),
    )
    prompt = plan.wish.get("prompt")
    return told if not prompt else "\n".join((told, words.text("approval.owner_prompt", language, prompt=prompt)))

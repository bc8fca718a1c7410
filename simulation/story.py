"""A failure in plain words, after everything that it does not need was taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.run import Outcome, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.plan import Plan

MOST_TRIES = 200


def shrunk(found: Outcome) -> Outcome:
    """Return the same broken promise with as few acts and kinds of trouble as can be found."""
    tries, better = 0, True
    while better and tries < MOST_TRIES:
        better = False
        for plan in _smaller(found.plan):
            tries += 1
            again = run(plan.seed, plan)
            if {one.rule for one in again.broken} & {one.rule for one in found.broken}:
                found, better = again, True
                break
            if tries >= MOST_TRIES:
                break
    return found


def _smaller(plan: Plan) -> Iterator[Plan]:
    for act in plan.acts:
        yield plan.without(act=act)
    for kind in (*plan.rates, *plan.fates):
        yield plan.without(kind=kind)


def told(found: Outcome) -> str:
    """Return what happened, one line for each event, and what was broken by it."""
    lines = [f"Seed {found.plan.seed}: {len(found.broken)} broken promises."]
    lines += [f"  {one['at']:10.3f} s  {_sentence(one)}" for one in found.history if _sentence(one)]
    lines += [f"BROKEN  {one.rule}: {one.words}" for one in found.broken]
    return "\n".join(lines)


def _sentence(one: dict[str, Any]) -> str:
    facts = {"why": "", "fate": "", "task_id": None, **one}
    text = _SENTENCES.get(one["what"])
    if one["what"] == "call":
        more = [f"with {one['key']}"] if "key" in one else []
        more += ["again"] if one.get("again") else []
        about = f" “{one['prompt']}”" if "prompt" in one else ""
        who = f"{one['call']}: {one.get('user', 'somebody')}"
        return f"{who} asks {one['process']} to {one['kind']}{about} {' '.join(more)}"
    if one["what"] in ("told", "end"):
        verb = "is told" if one["what"] == "told" else "comes back:"
        details = " ".join(str(one[name]) for name in ("code", "task_id") if one.get(name))
        return f"{one['call']} {verb} {one['end']} {details}"
    if one["what"] == "sent":
        return f"a create of {one['call']} leaves for “{one['prompt']}”" + (f" ({one['fate']})" if one["fate"] else "")
    return text.format(**facts) if text else ""


_SENTENCES = {
    "started": "{process} starts",
    "died": "{process} is gone",
    "booked": "the service takes the points for create {number}: {task_id}",
    "refused": "the service refuses create {number}",
    "answered": "the answer to create {number} arrives",
    "cancel": "{call} is called off",
    "act": "{kind}",
    "frozen": "the ledger is frozen for {user}",
    "unfrozen": "the ledger is free again for {user}",
    "settling": "a person settles “{prompt}”: charged {charged}",
    "power cut": "the power goes; {lost} writes are lost or torn",
    "calm": "the troubles are over",
    "hang": "{call} never ends",
    "stuck": "nobody moves any more: {why}",
    "defect": "a defect: {why}",
}

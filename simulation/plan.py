"""What a run will have in it, drawn before it begins: which troubles at all, how often, and what people do.

Each kind of trouble is left out of most runs, so that rare mixtures come up (swarm testing). A plan can be cut down:
an act or a kind of trouble that is taken out shifts no other choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from simulation.network import CREATE, DETAIL, LISTED, STORED

if TYPE_CHECKING:
    import random

    from simulation.chance import Chance

FATES = ("fails", "partial", "slow", "shy")
TROUBLES = (
    "kill",
    "power",
    "stop",
    "jump",
    "suspend",
    "full",
    "sync",
    "lock",
)
WISHES = ("again", "cancel", "resume", "freeze", "settle", "price", "rotate", "limit", "oneshot", "batch", "approve")
MANNERS = ("again", "cancel", "limit")
"""How people ask, and not something that they do by itself."""
DOOMS = ("step", "step", "commit", "moment after a commit", "write", "sync of a file")
# The last Sunday of October and the last of March in Berlin, a new month, and plain days.
BEGINNINGS = (1_603_584_000.0, 1_616_889_600.0, 1_601_503_000.0, 1_600_000_000.0, 1_600_123_456.0)


@dataclass(frozen=True)
class Act:
    """Something that somebody does, or that happens to the computer."""

    at: float
    what: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """A picture that somebody wants; the prompt names it and its user."""

    number: int
    user: str
    size: str
    count: int

    @property
    def prompt(self) -> str:
        return f"picture {self.number} for {self.user}"


@dataclass(frozen=True)
class Plan:
    """A whole run."""

    seed: int
    began_at: float
    rates: dict[str, float]
    fates: dict[str, float]
    wanted: tuple[Wanted, ...]
    acts: tuple[Act, ...]
    limits: tuple[tuple[str, str, int], ...]
    processes: int
    latency: float
    step_seconds: float
    lively: bool
    """Once the troubles are over everything must come to its end by itself; otherwise everybody dies first."""
    threshold: int | None = None
    """What is dearer needs somebody's approval."""

    def without(self, *, act: Act | None = None, kind: str | None = None) -> Plan:
        """Return the same run without one act, or without one kind of trouble."""
        if act is not None:
            return replace(self, acts=tuple(one for one in self.acts if one is not act))
        rates = {name: rate for name, rate in self.rates.items() if name != kind}
        return replace(self, rates=rates, fates={name: rate for name, rate in self.fates.items() if name != kind})


def drawn(chance: Chance) -> Plan:
    """Draw the plan of a seed."""
    swarm = chance.of("swarm")
    network = (*CREATE, *DETAIL, *STORED, *LISTED)
    few = swarm.choice((0.05, 0.15, 0.3, 0.6))
    rates = {kind: _rate(swarm) for kind in network if swarm.random() < few}
    fates = {kind: _rate(swarm) for kind in FATES if swarm.random() < 0.3}
    many = swarm.choice((0.05, 0.15, 0.35))
    kinds = [kind for kind in (*TROUBLES, *WISHES) if swarm.random() < many]
    wanted = tuple(_wanted(number, swarm) for number in range(swarm.choice((1, 1, 2, 3, 5))))
    processes = swarm.choice((1, 1, 2, 3, 4))
    span = swarm.choice((3.0, 60.0, 400.0, 1500.0))
    acts = [_make(swarm, span, wanted, processes, kinds) for _ in range(swarm.choice((3, 5, 8, 12)))]
    for kind in [kind for kind in kinds if kind not in MANNERS]:
        asked = [act.at for act in acts if act.what == "make"]
        for _ in range(swarm.choice((1, 1, 2, 4))):
            # Half of what happens, happens while somebody has just asked.
            at = swarm.choice(asked) + swarm.expovariate(1.0) if swarm.random() < 0.5 else swarm.uniform(0.0, span)
            acts.append(_act(kind, swarm, at, processes))
    return Plan(
        seed=chance.seed,
        began_at=swarm.choice(BEGINNINGS) + swarm.uniform(0.0, 7000.0),
        rates=rates,
        fates=fates,
        wanted=wanted,
        acts=tuple(sorted(acts, key=lambda act: act.at)),
        limits=_limits(swarm, wanted) if "limit" in kinds else (),
        processes=processes,
        latency=swarm.choice((0.01, 0.1, 1.0)),
        threshold=swarm.choice((4, 6, 9)) if "approve" in kinds else None,
        step_seconds=swarm.choice((0.0, 1e-5, 2e-3)),
        lively=swarm.random() < 0.5,
    )


def _rate(swarm: random.Random) -> float:
    return swarm.choice((0.05, 0.2, 0.5))


def _wanted(number: int, swarm: random.Random) -> Wanted:
    user, size = swarm.choice(("ann", "ann", "bob")), swarm.choice(("512px", "512px", "1K", "2K"))
    return Wanted(number, user, size, swarm.choice((1, 1, 1, 2)))


def _limits(swarm: random.Random, wanted: tuple[Wanted, ...]) -> tuple[tuple[str, str, int], ...]:
    scopes = ("all", "each-user", *(f"user:{one.user}" for one in wanted))
    periods = ("run", "day", "day", "month")
    return tuple(
        (swarm.choice(scopes), swarm.choice(periods), swarm.choice((4, 10, 20, 40)))
        for _ in range(swarm.choice((1, 1, 2)))
    )


def _make(swarm: random.Random, span: float, wanted: tuple[Wanted, ...], processes: int, kinds: list[str]) -> Act:
    facts: dict[str, Any] = {
        "wanted": swarm.randrange(len(wanted)),
        "process": swarm.randrange(processes),
        "timeout": swarm.choice((30.0, 120.0, 600.0)),
        "tell": swarm.choice(("port", "port", "return", "deaf")),
        "download": swarm.random() < 0.8,
    }
    if swarm.random() < 0.35:
        # Now and then two different wishes come with one key.
        name = facts["wanted"] if swarm.random() < 0.85 else swarm.randrange(len(wanted))
        facts["key"] = f"key {name}"
    elif "again" in kinds and swarm.random() < 0.25:
        facts["again"] = True
    if "cancel" in kinds and swarm.random() < 0.4:
        facts["cancel"] = swarm.expovariate(1.0) * swarm.choice((0.05, 0.5, 5.0, 30.0))
    if swarm.random() < 0.1:
        facts["max_credits"] = swarm.choice((3, 4, 6, 10))
    return Act(swarm.uniform(0.0, span), "make", facts)


def _act(kind: str, swarm: random.Random, at: float, processes: int) -> Act:
    facts: dict[str, Any] = {"process": swarm.randrange(processes)}
    if kind == "kill":
        facts |= {"moment": swarm.choice(DOOMS), "count": int(swarm.expovariate(0.2)) + 1}
    elif kind == "batch":
        rows = swarm.choice((2, 3, 5))
        facts |= {"rows": rows, "budget": swarm.choice((None, 8, 20)), "user": swarm.choice(("ann", "bob"))}
    facts["seconds"] = swarm.choice((0.1, 1.0, 20.0, 70.0, 600.0))
    facts["days"] = swarm.choice((-1.0, 1.0)) * swarm.choice((0.0001, 0.04, 0.5, 1.0, 3.0, 40.0))
    facts["user"] = swarm.choice((None, "ann", "bob"))
    facts["number"] = swarm.randrange(1_000)
    return Act(at, kind, facts)

"""What the ledger's tests share: requests with a price, a clock that stands still, and worker processes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ima_nano_banana.domain.model import FLASH, TEXT_TO_IMAGE, Offer, Quote, Request, Requested, Reservation, Rule
from ima_nano_banana.ledger import Ask, Ledger

NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC
HERE = Path(__file__).parent


@dataclass
class FixedClock:
    now: float = NOON
    ticks: float = 0.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.ticks

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.ticks += seconds


def quote(credit: int = 6, size: str = "1K", count: int = 1) -> Quote:
    rule = Rule(attribute_id=4400 + credit, points=credit, attributes={"size": size})
    offer = Offer(
        task_type=TEXT_TO_IMAGE,
        model_id=FLASH,
        version_id="v1",
        name="Nano Banana2",
        fields=(),
        rules=(rule,),
        eet=None,
    )
    return Quote(offer=offer, rule=rule, parameters={"size": size}, size=size, aspect_ratio="1:1", count=count)


def ask(
    prompt: str = "a cat",
    *,
    credit: int = 6,
    user: str = "ann",
    realm: str = "ima",
    again: bool = False,
    count: int = 1,
) -> Ask:
    request = Request(
        prompt=prompt,
        images=(),
        task_type=TEXT_TO_IMAGE,
        model_id=FLASH,
        version_id=None,
        size="1K",
        aspect_ratio=None,
        count=count,
        extra=(("seed", "7"),),
        language="en",
        user_id=user,
        requested=Requested(task_type=TEXT_TO_IMAGE, model_id=FLASH, size="1K", aspect_ratio=None, count=count),
    )
    name = f"{realm}/{user}/{prompt}"
    return Ask(
        identity=f"{name}/1K",
        subject=name,
        realm=realm,
        user_id=user,
        key_fingerprint="0123456789abcdef",
        request=request,
        quote=quote(credit, count=count),
        again=again,
    )


def reserve(ledger: Ledger, wanted: Ask | None = None) -> Reservation:
    found = ledger.reserve(wanted or ask())
    assert isinstance(found, Reservation)
    return found


def paid(ledger: Ledger, wanted: Ask | None = None, task_id: str = "task_1") -> str:
    """Reserve and create; return the item's id."""
    return ledger.created(reserve(ledger, wanted), task_id).id


def finished(ledger: Ledger, wanted: Ask | None = None, task_id: str = "task_1", file: str = "/p/a.png") -> str:
    item_id = paid(ledger, wanted, task_id)
    ledger.ready(item_id, ["https://cdn.example/a.png"])
    ledger.done(item_id, [file])
    ledger.told(item_id)
    return item_id


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a worker script of this folder in a process of its own."""
    return subprocess.Popen(
        [sys.executable, str(HERE / script), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def say(word: object) -> None:
    """Tell the test that started this process."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()

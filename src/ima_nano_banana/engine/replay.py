"""What an earlier call came to: joined while it is open, told again if the caller's key was used before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.domain.identity import key_fingerprint
from ima_nano_banana.engine import prepare
from ima_nano_banana.errors import InternalFault

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Request
    from ima_nano_banana.engine.job import Job
    from ima_nano_banana.engine.ports import Emit, EnginePorts
    from ima_nano_banana.ledger import Standing
    from ima_nano_banana.pictures.inputs import Input
    from ima_nano_banana.words import Language


async def replayed(request: Request, inputs: tuple[Input, ...], ports: EnginePorts, emit: Emit) -> Job | None:
    """Return what an earlier call with the same key came to, before anything is asked of the service.

    Raises:
        UsageFault: it was another request.
        UncertainFault: nobody knows what it came to.
    """
    named = prepare.named_of(request, inputs, ports)
    standing = await ports.ledger.named(named) if named is not None else None
    return joined(standing, request, ports, emit) if standing is not None and standing.replayed else None


def joined(
    standing: Standing, request: Request, ports: EnginePorts, emit: Emit, eet: tuple[float, float] | None = None
) -> Job:
    """Return the work of an earlier call, and say that it is taken up."""
    return told_again(standing, request.language, ports, emit, eet)


def told_again(
    standing: Standing, language: Language, ports: EnginePorts, emit: Emit, eet: tuple[float, float] | None = None
) -> Job:
    """Return the work of an earlier call as the books know it, and say that it is taken up."""
    from ima_nano_banana.engine.job import job_of

    if standing.item is None:
        raise InternalFault("ledger.inconsistent", why="open_without_item")
    key = key_fingerprint(ports.key())
    job = job_of(standing.item, language, ports.clock.time(), eet, key, replayed=standing.replayed)
    emit(job.started())
    return job

"""``nano-banana sandbox scenes|serve``: the built-in simulated service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import named
from ima_nano_banana.doors.layout import pairs

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.sandbox.serve import Served


def scenes(session: Session) -> int:
    """List the faults that can be rehearsed."""
    from ima_nano_banana import sandbox

    told = [(name, words.text(f"scenes.{name}", session.reporter.language)) for name in sandbox.scene_names()]
    session.reporter.answer({"scenes": [{"name": name, "about": about} for name, about in told]}, pairs(told))
    return actions.DONE


def serve(session: Session) -> int:
    """Run the simulated service on loopback with TLS until it is stopped."""
    import asyncio
    import tempfile

    from ima_nano_banana.doors.run import stoppable
    from ima_nano_banana.engine.ports import Trace
    from ima_nano_banana.errors import InterruptedFault

    try:
        from ima_nano_banana.sandbox.serve import serve as run_server
    except ModuleNotFoundError as missing:
        from ima_nano_banana.local.installs import needs_extra

        raise needs_extra("serve", missing.name) from missing
    from ima_nano_banana import sandbox

    world = sandbox.open_world(None, scenes=order.many(session.values, "sandbox_scene"))

    def ready(served: Served) -> None:
        lines = [f"{name}={value}" for name, value in served.env.items()]
        told = words.text("human.serving", session.reporter.language)
        session.reporter.answer({"env": served.env, "tls_port": served.tls_port}, "\n".join((told, *lines)))

    with tempfile.TemporaryDirectory(prefix="ima-sandbox-") as folder:
        try:
            asyncio.run(stoppable(lambda: run_server(world, ca_dir=Path(folder), on_ready=ready), Trace))
        except InterruptedFault:
            return actions.DONE
    return actions.DONE


_PLAIN = named("--language", "--output-json")

COMMAND = Command(
    name="sandbox",
    about="help.sandbox_",
    example='nano-banana generate "a cat on the moon" --sandbox --sandbox-scene slow',
    commands=(
        Command(
            name="serve",
            about="help.serve_",
            example="nano-banana sandbox serve",
            run=serve,
            flags=(*named("--sandbox-scene"), *_PLAIN),
        ),
        Command(name="scenes", about="help.scenes_", example="nano-banana sandbox scenes", run=scenes, flags=_PLAIN),
    ),
)

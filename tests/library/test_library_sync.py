"""The sync client: any number of threads, a fork, a running loop, and what it says when it is not open."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from library_kit import Held, Place, place

from ima_nano_banana import AsyncClient, Client, Started, UsageFault
from ima_nano_banana.errors import InterruptedFault


def opened(on: Place, tmp_path: Path, **told: Any) -> Client:
    return Client(sandbox=True, env=on.env, **{"transport": on.transport(), "output_dir": tmp_path / "out", **told})


def test_many_threads_share_one_client(tmp_path: Path) -> None:
    on = place(tmp_path)
    with opened(on, tmp_path) as ima, ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda n: ima.generate(f"fox {n}", size="512px"), range(6)))
    assert len({one.task_id for one in made}) == on.creates == 6
    assert on.states() == ["done"] * 6


async def _inside(on: Place, tmp_path: Path) -> int:
    with opened(on, tmp_path) as ima:
        return len(ima.generate("a fox").files)


def test_it_works_where_a_loop_is_running(tmp_path: Path) -> None:
    assert asyncio.run(_inside(place(tmp_path), tmp_path)) == 1


def test_a_callback_is_called_in_the_thread_that_waits(tmp_path: Path) -> None:
    on = place(tmp_path)
    heard: list[tuple[str, int]] = []

    def tell(event: object) -> None:
        heard.append((type(event).__name__, threading.get_ident()))
        ima.models("text_to_image")

    with opened(on, tmp_path) as ima:
        ima.generate("a fox", on_event=tell)
    assert [name for name, _ in heard][0 :: len(heard) - 1] == ["Acknowledged", "Succeeded"]
    assert {thread for _, thread in heard} == {threading.get_ident()}


@pytest.mark.parametrize("own", [True, False])
def test_a_callback_that_refuses_the_price_spends_nothing(own: bool, tmp_path: Path) -> None:
    on = place(tmp_path)

    def tell(event: object) -> None:
        if isinstance(event, Started):
            raise LookupError("too dear")

    with opened(on, tmp_path, **({"on_event": tell} if own else {})) as ima:
        with pytest.raises(LookupError, match="too dear"):
            ima.generate("a fox", **({} if own else {"on_event": tell}))
        assert ima.quote("a fox").credit > 0
    assert on.creates == 0


def test_an_async_callback_may_not_wait_for_its_own_loop(tmp_path: Path) -> None:
    async def tell(event: object) -> None:
        ima.quote("a fox")

    with opened(place(tmp_path), tmp_path) as ima, pytest.raises(UsageFault, match="own event loop"):
        ima.generate("a fox", on_event=tell)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_says_how_to_open_it(language: str, tmp_path: Path) -> None:
    ima = opened(place(tmp_path), tmp_path, language=language)
    with pytest.raises(UsageFault) as raised:
        ima.generate("a fox")
    assert "with Client(" in raised.value.suggestion
    assert ("打开" in raised.value.message) == (language == "zh")
    with ima:
        pass
    with pytest.raises(UsageFault, match="closed"):
        ima.quote("a fox")


def test_open_and_close_do_without_a_block(tmp_path: Path) -> None:
    on = place(tmp_path)
    ima = opened(on, tmp_path).open()
    assert ima.open() is ima
    assert ima.generate("a fox").files
    ima.close()
    ima.close()
    with pytest.raises(RuntimeError):
        ima.models()


def test_closing_under_a_waiting_thread_books_first_and_tells_it(tmp_path: Path) -> None:
    on = place(tmp_path, seconds=600)
    paid = threading.Event()

    async def tell(event: object) -> None:
        if type(event).__name__ == "Created":
            paid.set()

    with ThreadPoolExecutor(1) as pool, opened(on, tmp_path) as ima:
        waiting = pool.submit(ima.generate, "a fox", on_event=tell)
        assert paid.wait(90)
        ima.close()
        with pytest.raises(InterruptedFault) as raised:
            waiting.result(30)
    assert (raised.value.charged, raised.value.task_id) == ("yes", *on.ids())
    assert on.states() == ["running"]


def _in_child(work: Any) -> str:
    """Fork, do ``work`` in the child, and return what it says."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        try:
            told = str(work())
        except BaseException as error:
            told = repr(error)
        os.write(write, told.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return told


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_opens_the_client_anew(tmp_path: Path) -> None:
    on = place(tmp_path)
    with Client(sandbox=True, env=on.env, output_dir=tmp_path / "out") as ima:
        handle = ima.submit("a whale", size="512px")
        handle.result()
        mine = ima.generate("a fox", size="512px").task_id
        told = _in_child(lambda: ima.generate("a parrot", size="512px").task_id)
        assert told not in (mine, "")
        assert "Fault" not in told
        assert ima.generate("a cat", size="512px").files
        assert {one.task_id for one in ima.tasks()} >= {mine, told}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_may_close_its_copy_and_the_parent_goes_on(tmp_path: Path) -> None:
    on = place(tmp_path)
    with Client(sandbox=True, env=on.env, output_dir=tmp_path / "out") as ima:
        ima.quote("a fox")
        assert _in_child(ima.close) == "None"
        assert ima.generate("a fox", size="512px").files


RUN: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 100}
_PROGRAM = """
import contextlib, sys, threading
from ima_nano_banana import Client
sys.path.insert(0, {kit!r})
ima = Client(sandbox=True, env={env!r}, output_dir={out!r}, scenes=["slow"]).open()
created = threading.Event()
def work():
  with contextlib.suppress(Exception):
    ima.generate("a fox", size="512px", on_event=lambda event: type(event).__name__ == "Created" and created.set())
threading.Thread(target=work, daemon=True).start()
created.wait(60)
"""


def _program(on: Place, tail: str = "") -> list[str]:
    kit = str(Path(__file__).parent)
    return [sys.executable, "-c", _PROGRAM.format(kit=kit, env=on.env, out=str(on.home / "out")) + tail]


@pytest.mark.loopback
def test_a_program_that_ends_without_closing_leaves_its_books_in_order(tmp_path: Path) -> None:
    on = place(tmp_path)
    done = subprocess.run(_program(on), check=False, **RUN, env={**os.environ, **on.env})
    assert (done.returncode, done.stderr) == (0, "")
    assert on.states() == ["running"]


_THREADS = """
import threading
from ima_nano_banana import Client
ima = Client(sandbox=True, env={env!r}, output_dir={out!r}, size=512).open()
for n in range(2):
    threading.Thread(target=lambda n=n: ima.generate(f"a fox {{n}}")).start()
"""


@pytest.mark.loopback
def test_threads_that_outlive_the_main_one_get_their_pictures(tmp_path: Path) -> None:
    on = place(tmp_path)
    words = [sys.executable, "-W", "error", "-c", _THREADS.format(env=on.env, out=str(tmp_path / "out"))]
    done = subprocess.run(words, check=False, **RUN, env={**os.environ, **on.env})
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert on.states() == ["done", "done"]


@pytest.mark.loopback
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_ctrl_c_stops_the_wait_and_the_books_are_in_order(tmp_path: Path) -> None:
    on = place(tmp_path)
    tail = (
        "import os, signal\n"
        "threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "try:\n    ima.generate('a fox', size='512px')\n"
        "except KeyboardInterrupt as stop:\n    print(stop.__cause__.charged, stop.__cause__.task_id)\n"
        "ima.close()\n"
    )
    done = subprocess.run(_program(on, tail), check=False, **RUN, env={**os.environ, **on.env})
    assert done.stdout.split() == ["yes", *on.ids()], done.stderr
    assert on.states() == ["running"]
    assert signal.SIGINT


def test_the_twin_has_the_same_methods_and_arguments() -> None:
    """The signatures are those of the async client, word for word."""
    skipped = {"open", "aclose", "engine", "language"}
    for name, method in vars(AsyncClient).items():
        if (name.startswith("_") and name != "__init__") or name in skipped:
            continue
        assert inspect.signature(getattr(Client, name)).parameters == inspect.signature(method).parameters, name


def test_an_async_client_is_not_carried_to_another_loop(tmp_path: Path) -> None:
    ima = AsyncClient(sandbox=True, env=place(tmp_path).env)

    async def use(then: Any = None) -> None:
        await ima.open()
        await ima.quote("a fox")

    asyncio.run(use())
    with pytest.raises(UsageFault, match="another event loop"):
        asyncio.run(ima.quote("a fox"))  # type: ignore[arg-type]


def test_a_held_create_is_waited_for_when_the_block_is_left(tmp_path: Path) -> None:
    on = place(tmp_path)

    async def make() -> Held:
        return Held(on.transport(), 1)

    held = asyncio.run(make())
    with pytest.raises(KeyError), opened(on, tmp_path, transport=held) as ima:
        ima.submit("a fox")
        loop = ima.ready()

        async def soon() -> None:
            await held.reached.wait()
            asyncio.get_running_loop().call_later(0.1, held.open.set)

        loop.run(soon())
        raise KeyError
    assert on.states() == ["running"]

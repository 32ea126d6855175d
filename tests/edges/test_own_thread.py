from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from twinpost.edges.own_thread import OwnThread


async def test_everything_is_done_in_one_thread_and_in_order() -> None:
    thread = OwnThread("mail")
    done: list[int] = []
    names = await asyncio.gather(
        *(thread.do(lambda n=n: (done.append(n), threading.current_thread().name)[1]) for n in range(20))
    )
    assert done == list(range(20))
    assert set(names) == {"mail"}
    thread.close()


async def test_what_the_work_raises_is_raised_to_whoever_waits_and_the_thread_goes_on() -> None:
    thread = OwnThread("mail")
    with pytest.raises(ZeroDivisionError):
        await thread.do(lambda: 1 // 0)
    assert await thread.do(lambda: 1) == 1
    thread.close()


async def test_work_that_was_cancelled_before_its_turn_is_left_out() -> None:
    thread = OwnThread("mail")
    gate, done = threading.Event(), list[str]()
    first = asyncio.create_task(thread.do(lambda: gate.wait(20)))
    second = asyncio.create_task(thread.do(lambda: done.append("second")))
    await asyncio.sleep(0)  # both are in the queue
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    gate.set()
    await first
    await thread.do(lambda: done.append("third"))
    assert done == ["third"]
    thread.close()


def test_a_program_ends_while_its_thread_still_waits() -> None:
    program = (
        "import asyncio, threading\n"
        "from twinpost.edges.own_thread import OwnThread\n"
        "async def main():\n"
        "    task = asyncio.create_task(OwnThread('mail').do(threading.Event().wait))\n"
        "    await asyncio.sleep(0.05)\n"
        "    task.cancel()\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)

"""The local engine: this process, or several processes of this machine."""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import Any, TypeVar

from curate.engines.collecting import SELDOM
from curate.errors import OperatorError

Task = TypeVar("Task")
Result = TypeVar("Result")

PARENT_POLL_SECONDS = 0.5


class LocalEngine:
    """Maps a picklable function over tasks; results come in the order of the tasks.

    With one worker everything happens in this process. More workers are fresh processes: they
    share no state, and end by themselves when this process is killed. Ctrl-C is for this process
    alone, which then calls `stop`.
    """

    name = "local"

    def __init__(self, workers: int = 1, prepare: Callable[[], None] | None = None) -> None:
        """`prepare` is called once in every worker process before its first task."""
        self.workers = max(1, workers)
        self._prepare = prepare
        self._spawning = get_context("spawn")
        self._stopped: Event = self._spawning.Event()
        self._pool: ProcessPoolExecutor | None = None

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Yield the function's result for each task; at most two tasks a worker wait in memory.

        Tasks are taken as they are needed, in this process.
        """
        coming = iter(tasks)
        first = list(islice(coming, 2))
        if self.workers == 1 or len(first) < 2:
            yield from map(function, chain(first, coming))
            return
        pool = self._running()
        waiting: dict[Future[Result], int] = {}
        done: dict[int, Result] = {}
        following, position = enumerate(chain(first, coming)), 0
        try:
            while True:
                for number, task in islice(following, 2 * self.workers - len(waiting)):
                    with _without_interrupts():
                        waiting[pool.submit(function, task)] = number
                if not waiting:
                    return
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    done[waiting.pop(future)] = future.result()
                while position in done:
                    yield done.pop(position)
                    position += 1
        except BrokenProcessPool as error:
            raise OperatorError(
                "engine local",
                "a worker process died, most often for want of memory",
                "Use fewer --workers or a smaller --batch-size; a script that builds with workers "
                "needs `if __name__ == '__main__':`. Nothing was committed.",
            ) from error

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Fresh processes: a fork would copy the locks of DuckDB's and Arrow's threads.
            self._pool = ProcessPoolExecutor(
                self.workers,
                mp_context=self._spawning,
                initializer=_begin_worker,
                initargs=(os.getpid(), self._stopped, self._prepare),
            )
        return self._pool

    def stop(self) -> None:
        """Have the workers leave at once whatever they do."""
        self._stopped.set()

    def close(self) -> None:
        """End the workers, after what they do now."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back for a moment, and for good in processes that are begun in it.

    A mask alone is not enough: the system then gives the signal to another thread, such as one of
    numpy's, and Python raises here all the same, where it would leave a worker half begun.
    """
    handler = signal.getsignal(signal.SIGINT)
    # A handler that is not Python's (None) could not be put back.
    if not hasattr(signal, "pthread_sigmask") or not _is_main() or handler is None:
        yield
        return
    held: list[Any] = []
    signal.signal(signal.SIGINT, lambda *come: held.append(come))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
        if held and callable(handler):
            handler(*held[0])


def _is_main() -> bool:
    """Whether this is the main thread: only that one gets signals, and can set their handlers."""
    return threading.current_thread() is threading.main_thread()


def _begin_worker(parent: int, stopped: Event, prepare: Callable[[], None] | None) -> None:
    threading.Thread(target=_end_with, args=(parent, stopped), daemon=True).start()
    gc.set_threshold(*SELDOM)
    if prepare is not None:
        prepare()


def _end_with(parent: int, stopped: Event) -> None:
    while os.getppid() == parent and not stopped.wait(PARENT_POLL_SECONDS):
        pass
    os._exit(1)

"""Other processes that read the records and make documents ready, while this one fills an index.

They are help and nothing more: where one dies, fails or does not answer, whoever asked goes on
without them, and meets what is wrong itself, if it is still wrong.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Self
from uuid import UUID

from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument, all_documents
from monitor.index.ready import Make, Ready

PROCESSES = 2
AHEAD = 2
"""Batches a process is asked for before its first answer is taken, so that it need never wait."""
PATIENCE_SECONDS = 10.0
"""How long one batch may take before the processes are given up: whoever rebuilds has a lease to renew."""

Range = tuple[UUID | None, UUID]
"""The messages beyond the first id, up to the second one."""


class HelpGone(Exception):
    """A helping process died, failed or does not answer; says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the messages of a range become; it can be pickled. open_records: opens the records in
    whatever process it is called; make: of the index; kept_from: messages received before are left out."""

    open_records: Callable[[], Records]
    make: Make
    kept_from: datetime

    def kept(self, documents: tuple[TrendDocument, ...]) -> list[TrendDocument]:
        """Those that the index is to have."""
        return [found for found in documents if found.received_at >= self.kept_from]


@dataclass(frozen=True, slots=True)
class Answer:
    """read: how many messages the range had. received_at: of the last one, None without any."""

    read: int
    received_at: datetime | None
    ready: Ready


class Helpers:
    """For one thread: `ask` for ranges, then take the answers in that order. The processes are started
    by `start`; they end with `close`, and also when this process is killed, since they then read the
    end of their pipes."""

    def __init__(self, reading: Reading, processes: int = PROCESSES) -> None:
        self._reading = reading
        self._wanted = processes
        self._started: list[tuple[multiprocessing.process.BaseProcess, Connection]] = []
        self._loading: list[Connection] = []
        self._asked: deque[Connection] = deque()
        self._turn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def start(self) -> None:
        """Start them; they take a second or two until they are `ready`. Raises HelpGone."""
        # "spawn": a fork would take over open databases and the locks of other threads.
        context = multiprocessing.get_context("spawn")
        for _ in range(self._wanted):
            here, there = context.Pipe()
            process = context.Process(target=serve, args=(there, self._reading), daemon=True)
            try:
                process.start()
            except OSError as error:
                here.close()
                raise HelpGone(str(error)) from error
            finally:
                there.close()  # or the other end would never be seen to close
            self._started.append((process, here))
            self._loading.append(here)

    @property
    def ready(self) -> bool:
        """Whether all of them wait for ranges. Raises HelpGone when one ended while it started."""
        while self._loading and self._loading[0].poll():
            _received(self._loading.pop(0))
        return bool(self._started) and not self._loading

    @property
    def may_be_asked(self) -> bool:
        """Whether another range may be asked for before an answer is taken."""
        return len(self._asked) < AHEAD * len(self._started)

    def ask(self, wanted: Range) -> None:
        """The answer to this is the one after those that were asked for before. Raises HelpGone."""
        _process, pipe = self._started[self._turn % len(self._started)]
        self._turn += 1
        try:
            pipe.send(wanted)
        except OSError as error:
            raise HelpGone(type(error).__name__) from error
        self._asked.append(pipe)

    def answer(self) -> Answer:
        """The answer to the oldest question. Raises HelpGone."""
        answer = _received(self._asked.popleft())
        assert isinstance(answer, Answer)
        return answer

    def close(self) -> None:
        """End the processes."""
        started, self._started = self._started, []
        self._loading.clear()
        self._asked.clear()
        for process, pipe in started:
            pipe.close()
            process.kill()
        for process, _pipe in started:
            process.join()


def _received(pipe: Connection) -> object:
    """Raises HelpGone with the reason."""
    try:
        if not pipe.poll(PATIENCE_SECONDS):
            raise HelpGone("no answer")
        received = pipe.recv()
    except (EOFError, OSError) as error:
        raise HelpGone(type(error).__name__) from error
    if isinstance(received, str):
        raise HelpGone(received)
    return received


def usable_processors() -> int:
    """The processors this process may run on."""
    return len(os.sched_getaffinity(0))


def serve(pipe: Connection, reading: Reading) -> None:
    """A helping process: an answer for every range, until the pipe ends; a sentence instead when
    something goes wrong, and the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process to deal with
    with suppress(EOFError, OSError):
        try:
            for answer in _answers(pipe, reading):
                pipe.send(answer)
        except (EOFError, ConnectionError):
            raise  # the first process is gone
        except Exception as error:  # whatever it is: told to whoever waits, which goes on alone
            pipe.send(f"{type(error).__name__}: {error}")


def _answers(pipe: Connection, reading: Reading) -> Iterator[Answer | None]:
    records = reading.open_records()
    gc.freeze()  # what is loaded stays: no need to look at it at every collection
    yield None
    while True:
        after, until = pipe.recv()
        with records.read() as work:
            documents = all_documents(work, after, until=until)
        received_at = documents[-1].received_at if documents else None
        yield Answer(len(documents), received_at, reading.make(reading.kept(documents)))

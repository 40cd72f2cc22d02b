"""Judging ahead: a second process judges the next batch of texts while this one records the last.

It is help and nothing more. What it has not judged is judged here, and when it dies or does not
answer, everything is. A judgement depends on its text alone, so nothing can come out of order.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Self

from casework.judgement import Judgement
from classifier.interface import Classifier

log = logging.getLogger(__name__)
WORTH_IT = 2_000
"""Texts from which on a second process is started: it takes seconds to read the models."""
PATIENCE_SECONDS = 30.0
"""How long an answer to one batch may take before the second process is given up."""


class JudgeAhead:
    """For one thread: `expect` the texts of the next batch, then `judge` those of this one.

    judge: how this process judges. load: makes the classifier of the second process and must be
    picklable. That process is started when it is worth it. It ends with `close`, and also when
    this process is killed, since it then reads the end of its pipe.
    """

    def __init__(
        self,
        judge: Callable[[str], Judgement],
        load: Callable[[], Classifier],
        worth_it: int = WORTH_IT,
    ) -> None:
        self._judge = judge
        self._load = load
        self._before = worth_it
        self._started = False
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._asked: tuple[str, ...] | None = None  # being judged there; () while it loads
        self._next: tuple[str, ...] = ()
        self._judged: dict[str, Judgement] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def ready(self) -> bool:
        """Whether the second process waits for texts."""
        return self._pipe is not None and self._asked is None

    def expect(self, texts: Sequence[str]) -> None:
        """These will be asked for after those that were expected last."""
        self._before -= len(texts)
        if self._before <= 0 and not self._started:
            self._start()
        self._next = tuple(dict.fromkeys(texts))
        if self.ready or self._answered():
            self._exchange()

    def judge(self, text: str) -> Judgement:
        """What the classifier says; drop-in for its `judge`."""
        judged = self._judged.get(text)
        if judged is None and self._asked and text in self._asked:
            self._exchange()
            judged = self._judged.get(text)
        return self._judge(text) if judged is None else judged

    def close(self) -> None:
        """End the second process."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = self._asked = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join()

    def _start(self) -> None:
        self._started = True
        # "spawn": a fork would take over open databases and the locks of other threads.
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(there, self._load), daemon=True)
        try:
            process.start()
        except OSError as error:
            here.close()
            log.warning("no second process to judge: %s", error)
            return
        finally:
            there.close()  # or the other end would never be seen to close
        self._process, self._pipe, self._asked = process, here, ()

    def _answered(self) -> bool:
        return self._pipe is not None and self._pipe.poll()

    def _exchange(self) -> None:
        """Take the answer that is due, and ask for the next batch.

        Never a question before the last answer is here: both sides would wait for the other to read.
        """
        try:
            if self._asked is not None:
                self._take_answer()
            if self._next and self._pipe is not None:
                self._pipe.send(self._next)
                self._asked, self._next = self._next, ()
        except (EOFError, OSError) as error:
            self._give_up(type(error).__name__)

    def _take_answer(self) -> None:
        assert self._pipe is not None
        assert self._asked is not None
        if not self._pipe.poll(PATIENCE_SECONDS):
            self._give_up("no answer")
            return
        self._judged = dict(zip(self._asked, self._pipe.recv(), strict=True))
        self._asked = None

    def _give_up(self, why: str) -> None:
        log.warning("the second process that judges is gone (%s); going on without it", why)
        self.close()


def serve(pipe: Connection, load: Callable[[], Classifier]) -> None:
    """The second process: a list of judgements for every list of texts, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process to deal with
    classifier = load()
    gc.freeze()  # the models stay: no need to look at them at every collection
    with suppress(EOFError, OSError):
        pipe.send([])
        while True:
            pipe.send(classifier.judge_many(pipe.recv()))

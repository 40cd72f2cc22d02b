"""The classifier as the records say it is: models, words and places, taken over without a restart."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence

from casework.errors import MinshengError
from casework.judgement import Judgement
from casework.office import Office
from casework.storage import word_lists
from casework.storage.models import KeptModel, models_in_use
from casework.storage.office import CHANGED as OFFICE_CHANGED
from casework.storage.office import fact
from casework.storage.records import Records
from classifier.gazetteer import gazetteer_of
from classifier.interface import Classifier
from classifier.loading import load
from classifier.models_in_use import ChosenModel, InUse, check_digest
from runtime.settings import Settings

log = logging.getLogger(__name__)
LOOK_EVERY_SECONDS = 5.0
TRY_AGAIN_SECONDS = 300.0
"""After models that could not be loaded; a change is looked at within LOOK_EVERY_SECONDS."""


class ClassifierSource:
    """A Classifier that follows the records. Thread-safe; another process's change is seen within
    seconds. It is loaded beside the one in use, which judges until the other is ready; where it
    cannot be loaded the old one stays."""

    def __init__(
        self,
        records: Records,
        office: Callable[[], Office],
        settings: Settings,
        load: Callable[[InUse], Classifier],
    ) -> None:
        self._records = records
        self._office = office
        self._settings = settings
        self._load = load
        self._lock = threading.Lock()
        self._seen = ""
        self._tried_at = 0.0
        self._looked_at = time.monotonic()
        self.problem: MinshengError | None = None
        """Why what the records say could not be loaded, or None."""
        self._in_use, self._classifier = self._first()

    @property
    def engine(self) -> str:
        return self._classifier.engine

    @property
    def current(self) -> Classifier:
        """The classifier of this moment."""
        return self._classifier

    @property
    def in_use(self) -> InUse:
        """What the classifier of this moment was made of."""
        return self._in_use

    def judge(self, text: str) -> Judgement:
        self.refresh()
        return self._classifier.judge(text)

    def judge_many(self, texts: Sequence[str]) -> list[Judgement]:
        self.refresh()
        return self._classifier.judge_many(texts)

    def refresh(self) -> None:
        """See in the background whether anything changed, if that was not done for some seconds.
        Whoever cuts texts without judging them calls it: pages that search, the relay."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY_SECONDS:
            self._look_aside()

    def look(self) -> None:
        """See at once whether anything changed, and have it when this returns."""
        with self._lock:
            self._look()

    def close(self) -> None:
        """Wait for a look that is under way, and begin none: the records are about to be closed."""
        with self._lock:
            self._looked_at = math.inf

    def try_out(self, model: KeptModel) -> None:
        """See that a model can be loaded, before anybody is told to use it.

        Raises what load_in_use raises; what is in use does not change.
        """
        chosen = self._chosen(model)
        check_digest(chosen)
        load(chosen={chosen.task: chosen.folder}, sentiment_engine=self._settings.sentiment_engine)

    def _chosen(self, model: KeptModel) -> ChosenModel:
        folder = self._settings.models_folder / model.version
        return ChosenModel(model.task, model.version, folder, model.digest)

    def _first(self) -> tuple[InUse, Classifier]:
        said, self._seen = self._read()
        try:
            return said, self._load(said)
        except MinshengError as error:
            # A city must open with a damaged model in its home, with the shipped ones.
            self._failed(error)
            spare = InUse(None, (), said.sentiment_engine, said.words, said.places)
            return spare, self._load(spare)

    def _look_aside(self) -> None:
        """Look in a thread of its own: loading takes a second, and whoever waits for a judgement
        need not wait for that."""
        if not self._lock.acquire(blocking=False):
            return
        self._looked_at = time.monotonic()

        def look() -> None:
            try:
                self._look()
            except MinshengError as error:
                log.warning("what the classifier is made of cannot be read: %s", error)
            finally:
                self._lock.release()

        threading.Thread(target=look, name="classifier", daemon=True).start()

    def _look(self) -> None:
        said, seen = self._read()
        self._looked_at = time.monotonic()
        again = self.problem and time.monotonic() - self._tried_at > TRY_AGAIN_SECONDS
        if seen == self._seen and not again:
            return
        self._seen = seen
        if said == self._in_use and self.problem is None:
            return
        try:
            self._classifier = self._load(said)
        except MinshengError as error:
            self._failed(error)
            return
        self._in_use, self.problem = said, None
        log.info("judging with %s", self._classifier.engine)

    def _failed(self, error: MinshengError) -> None:
        self.problem, self._tried_at = error, time.monotonic()
        log.error("the models put to use cannot be loaded, the old ones stay: %s", error)

    def _read(self) -> tuple[InUse, str]:
        with self._records.read() as work:
            seen = f"{fact(work, word_lists.CHANGED)} {fact(work, OFFICE_CHANGED)}"
            if seen == self._seen and self.problem is None:
                return self._in_use, seen
            chosen = models_in_use(work)
            words, places = word_lists.load_words(work), word_lists.load_places(work)
        settings = self._settings
        flat = settings.models_folder
        return (
            InUse(
                base=flat if any(flat.glob("*.npz")) else None,
                chosen=tuple(map(self._chosen, chosen)),
                sentiment_engine=settings.sentiment_engine,
                words=words,
                places=gazetteer_of(self._office().departments, places),
            ),
            seen,
        )

"""Putting a model to use, and going back: only what can be loaded, seen by every process in seconds."""

from __future__ import annotations

from casework.errors import Conflict
from casework.storage import models
from casework.storage.models import ModelUse
from runtime.clock import now
from runtime.wiring import City


def put_to_use(city: City, version: str, by: str) -> ModelUse:
    """Judge with a model trained here. Raises NotFound, Conflict("in_use"), and FileUnreadable for
    files that are gone, damaged or not those that were made; then nothing has changed."""
    with city.records.read() as work:
        model = models.model(work, version)
    city.classifier.try_out(model)
    with city.records.write() as work:
        used = models.use_model(work, version, by, now())
        work.commit()
    city.classifier.look()
    return used


def go_back(city: City, task: str, by: str) -> ModelUse:
    """Judge with the model before. Raises Conflict("no_previous"), FileUnreadable."""
    with city.records.read() as work:
        last = models.use_of(work, task)
        if last is None:
            raise Conflict("no_previous")
        model = models.model(work, last.before) if last.before else None
    if model is not None:
        city.classifier.try_out(model)
    with city.records.write() as work:
        used = models.use_previous(work, task, by, now())
        work.commit()
    city.classifier.look()
    return used


def use_shipped(city: City, task: str, by: str) -> ModelUse:
    """Judge with the model shipped with the program. Raises Conflict("in_use")."""
    with city.records.write() as work:
        used = models.use_shipped(work, task, by, now())
        work.commit()
    city.classifier.look()
    return used

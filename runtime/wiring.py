"""Builds the parts of one city and hands them to each other. The only place that does."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from casework.policy import read_policy
from casework.storage.engine import open_engine
from casework.storage.records import Records
from casework.storage.vault import Vault, open_vault
from classifier.interface import Classifier
from classifier.loading import load
from classifier.models_in_use import load_in_use
from classifier.segmentation import dictionary_version, words
from classifier.user_dictionary import SearchWords
from intake.examine import Intake
from monitor.alerts import raise_urgent
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import TrendIndex
from monitor.retention import Retention
from routing.assign import Dispatcher, DispatchSettings
from routing.catalogue import read_catalogue
from runtime.classifier_source import ClassifierSource
from runtime.clock import now
from runtime.interest import InterestCounter
from runtime.office_source import OfficeSource
from runtime.settings import Settings
from runtime.setup import make_ready, only_one
from runtime.troubles import Troubles


@dataclass(frozen=True, slots=True)
class City:
    """The parts of one city, opened and ready. holder: names this process in leases. ending: set
    when this process is about to end; a long job looks at it and leaves off. troubles: which of its
    jobs fail, for its log. interest: counts what the public looks for."""

    settings: Settings
    vault: Vault
    records: Records
    office: OfficeSource
    classifier: ClassifierSource
    dispatcher: Dispatcher
    intake: Intake
    index: TrendIndex
    holder: str
    interest: InterestCounter
    ending: threading.Event = field(default_factory=threading.Event)
    troubles: Troubles = field(default_factory=Troubles)

    @property
    def retention(self) -> Retention:
        """How long messages stay in the trend index."""
        return Retention(self.settings.index_months, self.settings.zone)

    def close(self) -> None:
        """Give back what is held open."""
        self.interest.write()
        self.index.end()
        self.classifier.close()
        self.records.close()


def open_records(settings: Settings) -> tuple[Records, Vault]:
    """Records and keys of a home, made ready. Raises RecordsUnavailable."""
    with only_one(settings.home):
        vault = open_vault(settings.key_file)
    records = Records(open_engine(settings.database_url, vault), vault)
    try:
        make_ready(records, settings.home, now())
    except BaseException:
        records.close()
        raise
    return records, vault


def open_classifier(settings: Settings) -> Classifier:
    """The classifier for commands that need no city: what the records say where there are records,
    else the home's models or the shipped ones."""
    if _has_records(settings):
        records, _ = open_records(settings)
        try:
            office = OfficeSource(records, settings, read_policy())
            source = ClassifierSource(records, office, settings, load_in_use)
            if source.problem is not None:
                raise source.problem
            return source.current
        finally:
            records.close()
    flat = settings.models_folder
    models = flat if any(flat.glob("*.npz")) else None
    return load(models, sentiment_engine=settings.sentiment_engine)


def _has_records(settings: Settings) -> bool:
    """Whether a city was set up here: looking for one makes none."""
    kind, _, file = settings.database_url.partition(":///")
    return settings.home.is_dir() and (not kind.startswith("sqlite") or Path(file).exists())


def open_index(settings: Settings) -> TrendIndex:
    """The trend index of the city: in a cluster if one is set, else in a folder of the home."""
    if not settings.elasticsearch_urls:
        return EmbeddedIndex(settings.index_folder, words, SearchWords(), dictionary_version)
    # Imported only here: the client takes a tenth of a start, and most cities have no cluster.
    from monitor.index.elasticsearch import ElasticsearchIndex
    from monitor.index.elasticsearch_client import Cluster

    cluster = Cluster(
        settings.elasticsearch_urls,
        settings.elasticsearch_name,
        settings.elasticsearch_api_key,
        settings.elasticsearch_ca_file,
        settings.elasticsearch_sniff,
    )
    return ElasticsearchIndex(cluster, settings.zone, words, SearchWords(), dictionary_version)


def open_city(settings: Settings) -> City:
    """Open a home; one that is new is set up first. Raises RecordsUnavailable."""
    records, vault = open_records(settings)
    office = OfficeSource(records, settings, read_policy())
    classifier = ClassifierSource(records, office, settings, load_in_use)
    dispatcher = Dispatcher(
        read_catalogue(),
        lambda: office().departments,
        DispatchSettings(settings.automatic_topics, settings.dispatch_confidence),
        lambda at: office().leads_at(at),
    )
    intake = Intake(
        records=records,
        office=office,
        judge=classifier.judge,
        route=dispatcher.assign,
        alarm=partial(raise_urgent, zone=settings.zone),
    )
    index = open_index(settings)
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
    interest = InterestCounter(records, settings.zone)
    return City(
        settings, vault, records, office, classifier, dispatcher, intake, index, holder, interest
    )

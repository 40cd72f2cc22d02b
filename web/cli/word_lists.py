"""flask classifier dictionary … and flask classifier gazetteer …: the city's own words and places."""

from __future__ import annotations

from pathlib import Path

import click

from casework.errors import FileUnreadable
from casework.events import PROGRAM
from casework.storage import word_lists
from classifier import gazetteer as places_file
from classifier import user_dictionary as words_file
from classifier.listed_lines import BadLine, LineProblem, ListUnreadable, decoded
from runtime.clock import now
from web.cli.command import json_option, tell, telling, the_city

existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def dictionary() -> None:
    """The words of the city's own that texts are cut into: a jieba dictionary file."""


@dictionary.command("import")
@click.argument("file", type=existing_file)
@json_option
@telling
def import_dictionary(file: Path, as_json: bool) -> None:
    """Put a file in the place of all words; every process has them within seconds."""
    words = words_file.read_dictionary(_text(file))
    with the_city() as city, city.records.write() as work:
        word_lists.replace_words(work, words, None, PROGRAM, now())
        work.commit()
    tell({"words": len(words)}, as_json)


@dictionary.command("export")
@telling
def export_dictionary() -> None:
    """Print the words as a jieba dictionary file."""
    with the_city() as city, city.records.read() as work:
        click.echo(words_file.written(word_lists.load_words(work)), nl=False)


@dictionary.command("add")
@click.argument("word")
@click.option("--frequency", default="", help="Default: as jieba's suggest_freq.")
@click.option("--tag", default="")
@json_option
@telling
def add_word(word: str, frequency: str, tag: str, as_json: bool) -> None:
    """Add a word, or change one."""
    try:
        read = words_file.read_word(word, frequency, tag)
    except BadLine as error:
        raise ListUnreadable((LineProblem(1, error.reason, error.value),), 1) from None
    with the_city() as city, city.records.write() as work:
        word_lists.save_word(work, read, PROGRAM, now())
        work.commit()
    tell({"word": read.word, "frequency": read.frequency, "tag": read.tag}, as_json)


@dictionary.command("remove")
@click.argument("word")
@json_option
@telling
def remove_word(word: str, as_json: bool) -> None:
    """Take a word out."""
    with the_city() as city, city.records.write() as work:
        word_lists.remove_word(work, word, PROGRAM, now())
        work.commit()
    tell({"removed": word}, as_json)


@click.group()
def gazetteer() -> None:
    """The places of the city's own list: name,kind,district a line."""


@gazetteer.command("import")
@click.argument("file", type=existing_file)
@json_option
@telling
def import_gazetteer(file: Path, as_json: bool) -> None:
    """Put a file in the place of the whole list; every process has it within seconds."""
    with the_city() as city:
        coded = places_file.coded_by(city.office().departments)
        places = places_file.read_gazetteer(_text(file), coded)
        with city.records.write() as work:
            word_lists.replace_places(work, places, None, PROGRAM, now())
            work.commit()
    tell({"places": len(places)}, as_json)


@gazetteer.command("export")
@telling
def export_gazetteer() -> None:
    """Print the list as a CSV file."""
    with the_city() as city, city.records.read() as work:
        click.echo(places_file.written(word_lists.load_places(work)), nl=False)


def _text(file: Path) -> str:
    try:
        return decoded(file.read_bytes())
    except OSError as error:
        raise FileUnreadable("missing_file", file=file.name) from error

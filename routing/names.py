"""Finding names and words in a text: every department by its names, every catalogue word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

KEY_LENGTH = 2


class Names:
    """Many fixed strings, looked up by their first two characters: one step a character of text,
    however many names there are. Longest match wins; matches do not overlap."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """names: (name, what it stands for); names shorter than two characters are ignored."""
        self._by_key: dict[str, list[tuple[str, str]]] = {}
        for name, meaning in set(names):
            if len(name) >= KEY_LENGTH:
                self._by_key.setdefault(name[:KEY_LENGTH], []).append((name, meaning))
        for found in self._by_key.values():
            found.sort(key=lambda entry: (-len(entry[0]), entry))
        self._first_characters = frozenset(key[0] for key in self._by_key)

    def find(self, text: str) -> Iterator[tuple[int, str, str]]:
        """(start, name, what it stands for), from left to right."""
        first = self._first_characters
        free_from = 0
        for position in [at for at, char in enumerate(text) if char in first]:
            if position < free_from:
                continue
            for name, meaning in self._by_key.get(text[position : position + KEY_LENGTH], ()):
                if text.startswith(name, position):
                    yield position, name, meaning
                    free_from = position + len(name)
                    break

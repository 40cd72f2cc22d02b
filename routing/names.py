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

    def find(self, text: str) -> Iterator[tuple[int, str, str]]:
        """(start, name, what it stands for), from left to right."""
        position = 0
        while position < len(text):
            for name, meaning in self._by_key.get(text[position : position + KEY_LENGTH], ()):
                if text.startswith(name, position):
                    yield position, name, meaning
                    position += len(name) - 1
                    break
            position += 1

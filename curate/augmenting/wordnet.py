"""WordNet (Miller 1995): what words mean the same, or the opposite.

The files are those of Princeton's release 3, as its manual describes them: wndb(5WN) for lines,
morphy(7WN) for how inflected words are looked up.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from curate.augmenting.wordnet_files import PARTS, read_files
from curate.errors import InputError

_ENDINGS: Final = {
    "n": "s: ses:s xes:x zes:z ches:ch shes:sh men:man ies:y",
    "v": "s: ies:y es:e es: ed:e ed: ing:e ing:",
    "a": "er: est: er:e est:e",
    "r": "",
}
"""What is taken off an inflected word and put in its place."""

_ANTONYM: Final = b"!"


class Synset(NamedTuple):
    """Words of one meaning."""

    part: str
    """`n`, `v`, `a` or `r`."""
    words: tuple[str, ...]
    """With `_` between the parts of a phrase."""
    opposites: tuple[tuple[int, str, int, int], ...]
    """Antonyms: the place of a word here (from 1; 0 for all), and part, offset and place there."""


class WordNet:
    """The dictionary, read once; what was looked up is kept."""

    def __init__(self, place: Path) -> None:
        """Raises InputError where files are damaged."""
        files = read_files(place)
        self.hash: Final = hashlib.sha256(
            b"".join(hashlib.sha256(files[name]).digest() for name in sorted(files))
        ).hexdigest()
        """SHA-256 over the files in the order of their names, as hex digits."""
        self._place = place
        self._data = {part: files[f"data.{name}"] for part, name in PARTS.items()}
        self._index = {part: _lines(files[f"index.{name}"]) for part, name in PARTS.items()}
        self._odd = {p: _exceptions(files.get(f"{name}.exc", b"")) for p, name in PARTS.items()}
        self._known: dict[tuple[str, str], tuple[Synset, ...]] = {}

    def synsets(self, word: str, parts: Iterable[str] = PARTS) -> list[Synset]:
        """The meanings of a word and of its base forms, the most frequent of each part first."""
        return [one for part in parts for one in self._synsets(word.lower(), part)]

    def synonyms(self, word: str, parts: Iterable[str] = PARTS) -> list[str]:
        """Words that share a meaning with one, each once, in the order of its meanings.

        They are in their base forms, with `_` in phrases, and without the word itself.
        """
        found = (other for one in self.synsets(word, parts) for other in one.words)
        return [other for other in dict.fromkeys(found) if other.lower() != word.lower()]

    def antonyms(self, word: str, parts: Iterable[str] = PARTS) -> list[str]:
        """Words that mean the opposite of one, each once, in the order of its meanings."""
        found: dict[str, None] = {}
        for one in self.synsets(word, parts):
            own = set(self.base_forms(word, one.part))
            for place, part, offset, other in one.opposites:
                if place == 0 or one.words[place - 1].lower() in own:
                    words = self._at(part, offset).words
                    found.update(dict.fromkeys(words if other == 0 else (words[other - 1],)))
        return list(found)

    def parts_of_speech(self, word: str) -> list[str]:
        """The parts of speech that a word can be, the most frequent in WordNet's texts first."""
        counts = {part: self._frequency(word.lower(), part) for part in PARTS}
        return sorted((part for part in PARTS if counts[part]), key=lambda part: -counts[part])

    def base_forms(self, word: str, part: str) -> list[str]:
        """The forms under which a word is looked up: itself, irregular ones, and by endings."""
        lowered = word.lower().replace(" ", "_")
        index = self._index[part]
        tried = [lowered, *self._odd[part].get(lowered, ())]
        for rule in _ENDINGS[part].split():
            ending, _, put = rule.partition(":")
            if lowered.endswith(ending) and len(lowered) > len(ending):
                tried.append(lowered.removesuffix(ending) + put)
        return [form for form in dict.fromkeys(tried) if form in index]

    def _synsets(self, word: str, part: str) -> tuple[Synset, ...]:
        if (word, part) not in self._known:
            offsets = [
                offset
                for form in self.base_forms(word, part)
                for offset in self._entry(form, part)[1]
            ]
            self._known[word, part] = tuple(self._at(part, at) for at in dict.fromkeys(offsets))
        return self._known[word, part]

    def _frequency(self, word: str, part: str) -> int:
        """How many meanings are tagged in texts, and 1 for each form that is known."""
        return sum(1 + self._entry(form, part)[0] for form in self.base_forms(word, part))

    def _entry(self, form: str, part: str) -> tuple[int, list[int]]:
        """How many senses of a form are tagged, and the offsets of its synsets."""
        try:
            fields = self._index[part][form].split()
            count = int(fields[2])
            return int(fields[-count - 1]), [int(field) for field in fields[-count:]]
        except (ValueError, IndexError) as error:
            raise self._damaged(f"the line of {form!r} in index.{PARTS[part]}") from error

    def _at(self, part: str, offset: int) -> Synset:
        data = self._data[part]
        try:
            fields = data[offset : data.index(b"|", offset)].split()
            if int(fields[0]) != offset:
                raise ValueError(offset)
            return _synset(part, fields)
        except (ValueError, IndexError) as error:
            raise self._damaged(f"data.{PARTS[part]} at {offset}") from error

    def _damaged(self, what: str) -> InputError:
        return InputError(f"WordNet {self._place}", f"{what} is damaged", "Fetch it again")


@lru_cache(maxsize=2)
def wordnet(place: Path) -> WordNet:
    """The WordNet of a folder or zip file (`find_wordnet`); the last two stay loaded."""
    return WordNet(place)


def _synset(part: str, fields: list[bytes]) -> Synset:
    count = int(fields[3], 16)
    # Adjectives tell in brackets where they can stand: `ill(p)`.
    words = tuple(word.decode().partition("(")[0] for word in fields[4 : 4 + 2 * count : 2])
    at = 5 + 2 * count
    opposites = []
    for place in range(at, at + 4 * int(fields[at - 1]), 4):
        sign, offset, other, ends = fields[place : place + 4]
        if sign == _ANTONYM:
            own, theirs = int(ends[:2], 16), int(ends[2:], 16)
            opposites.append((own, other.decode().replace("s", "a"), int(offset), theirs))
    return Synset(part, words, tuple(opposites))


def _lines(index: bytes) -> dict[str, bytes]:
    """The lines of an index by the word in front; those of the licence begin with spaces."""
    lines = (line for line in index.split(b"\n") if line and not line.startswith(b" "))
    return {line[: line.index(b" ")].decode(): line for line in lines}


def _exceptions(content: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fields in map(str.split, content.decode().split("\n")):
        if fields:
            found.setdefault(fields[0], []).extend(fields[1:])
    return found

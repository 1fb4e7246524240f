"""Misspelt words: nlpaug's `SpellingAug`."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.drawn_words import DrawnWordAugmenter
from curate.augmenting.draws import Draws
from curate.augmenting.nlpaug_files import found_file, resource
from curate.augmenting.tokens import aligned
from curate.augmenting.word_batches import (
    LOOKED_UP,
    RISING,
    WordChanges,
    WordPlan,
    WordTable,
    table_of,
)
from curate.errors import InputError

_RIGHT = "Give a file with lines such as: their thier there"


class SpellingAug(DrawnWordAugmenter):
    """Replaces words by frequent misspellings of them, or what they are misspellings of.

    nlpaug orders the misspellings of a word by the hash of texts, which differs from one process to
    the next; here they stand in the order of the file.
    """

    name: ClassVar[str] = "SpellingAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = "augment"
    modules: ClassVar[tuple[str, ...]] = ("nlpaug",)
    depends: ClassVar[tuple[str, ...]] = ("nlpaug",)

    dict_path: str | None = Field(default=None, exclude=True)
    """Misspellings of one's own: a line for each word, with the misspellings behind it. By default
    those that nlpaug has, of English."""
    include_reverse: bool = True
    """Whether a misspelling, too, is replaced by the word."""

    _file: Path = PrivateAttr()

    @model_validator(mode="after")
    def _words_are_there(self, info: ValidationInfo) -> Self:
        self._file = resource("word", "spelling", "spelling_en.txt")
        if self.dict_path is not None:
            folder = (info.context or {}).get("base", Path())
            self._file = found_file("dict_path", self.dict_path, folder, _RIGHT)
            misspellings(self._file, self.include_reverse)
        return self

    def files(self) -> Sequence[bytes]:
        """The misspellings of one's own."""
        return [self._file.read_bytes()] if self.dict_path is not None else []

    def plan(self) -> WordPlan:
        """Words as many times as they have misspellings."""
        table = _counts(self._file, self.include_reverse)
        return self.planned(RISING, LOOKED_UP, 0, table)

    def changes(self, tokens: Sequence[str], draws: Draws) -> WordChanges:
        """Draw words, and a misspelling of each."""
        table = misspellings(self._file, self.include_reverse)
        there = table.keys() & set(tokens)
        known = [place for place, token in enumerate(tokens) if token in there]
        places = sorted(self.drawn(tokens, self.words_of(tokens, known), draws))
        return WordChanges(places, [draws.one(range(len(table[tokens[p]]))) for p in places])

    def applied(self, tokens: list[str], made: WordChanges) -> list[str] | None:
        """Misspell words."""
        table = misspellings(self._file, self.include_reverse)
        for place, drawn in zip(made.tokens, made.drawn, strict=True):
            word = table[tokens[place]][drawn]
            tokens[place] = aligned(tokens[place], word) if place == 0 else word
        return tokens


@lru_cache(maxsize=4)
def _counts(file: Path, both_ways: bool) -> WordTable:
    return table_of(misspellings(file, both_ways))


@lru_cache(maxsize=4)
def misspellings(file: Path, both_ways: bool) -> dict[str, list[str]]:
    """What stands for each word of a file, in its order. Raises `InputError`."""
    found: dict[str, dict[str, None]] = {}
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(file), f"cannot be read ({error})", _RIGHT) from error
    for line in lines:
        word, *wrong = line.removesuffix("\r").split(" ")
        wrong = [each for each in wrong if each]
        if not word or not wrong:
            continue
        found.setdefault(word, {}).update(dict.fromkeys(wrong))
        for each in wrong if both_ways else ():
            found.setdefault(each, {})[word] = None
    if not found:
        raise InputError(str(file), "it has no misspellings", _RIGHT)
    return {word: list(others) for word, others in found.items()}

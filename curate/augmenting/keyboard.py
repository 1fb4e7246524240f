"""Slips of the finger: nlpaug's `KeyboardAug`."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.char_augmenter import MappedCharAugmenter
from curate.augmenting.nlpaug_files import found_file, read_table, resource

Layout = Literal["de", "en", "es", "fr", "he", "it", "nl", "pl", "th", "tr", "uk"]

_DIGITS: Final = re.compile("[0-9]*")
_PLAIN: Final = re.compile("[a-z0-9]*")


class KeyboardAug(MappedCharAugmenter):
    """Replaces characters by those of neighbouring keys, as typing does by mistake."""

    name: ClassVar[str] = "KeyboardAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = "augment"
    modules: ClassVar[tuple[str, ...]] = ("nlpaug",)
    depends: ClassVar[tuple[str, ...]] = ("nlpaug",)

    include_special_char: bool = True
    """Whether signs that are neither Latin letters nor digits are replaced, and put in."""
    include_numeric: bool = True
    """Whether digits are replaced, and put in."""
    include_upper_case: bool = True
    """Whether capitals are put in."""
    lang: Layout = "en"
    """The keyboard, of those that nlpaug has; of no meaning with `model_path`."""
    model_path: str | None = Field(default=None, exclude=True)
    """A keyboard of one's own: a JSON object of characters and lists of their neighbours."""

    _file: Path = PrivateAttr()
    _table: dict[str, list[str]] = PrivateAttr()

    @model_validator(mode="after")
    def _table_is_there(self, info: ValidationInfo) -> Self:
        self._file = resource("char", "keyboard", f"{self.lang}.json")
        if self.model_path is not None:
            right = "Give a JSON object of characters and lists of their neighbours"
            folder = (info.context or {}).get("base", Path())
            self._file = found_file("model_path", self.model_path, folder, right)
        kinds = self.include_special_char, self.include_numeric, self.include_upper_case
        self._table = _neighbours(self._file, *kinds)
        return self

    def files(self) -> Sequence[bytes]:
        """The keyboard of one's own."""
        return [self._file.read_bytes()] if self.model_path is not None else []

    def table(self) -> dict[str, list[str]]:
        """The neighbours of each character, of the kinds that are wanted."""
        return self._table

    def _with_signs(self) -> bool:
        return self.include_special_char


def _neighbours(file: Path, special: bool, numeric: bool, upper: bool) -> dict[str, list[str]]:
    def wanted(sign: str) -> bool:
        return (numeric or not _DIGITS.fullmatch(sign)) and (
            special or bool(_PLAIN.fullmatch(sign))
        )

    found: dict[str, set[str]] = {}
    for key, values in read_table(file).items():
        if not wanted(key):
            continue
        lower, capital = found[key], found[key.upper()] = set[str](), set[str]()
        if key == key.upper():
            lower = capital
        for value in filter(wanted, values):
            lower.add(value)
            if upper:
                lower.add(value.upper())
                capital.update((value, value.upper()))
    return {key: sorted(near - {key}) for key, near in found.items() if near - {key}}

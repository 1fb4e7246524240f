"""Misread characters: nlpaug's `OcrAug`."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, PrivateAttr, ValidationInfo, field_serializer, model_validator

from curate.augmenting.char_augmenter import MappedCharAugmenter
from curate.augmenting.nlpaug_files import found_file, read_table, resource

_RIGHT = "Give a JSON object of characters and lists of what they are taken for"


class OcrAug(MappedCharAugmenter):
    """Replaces characters by those that optical character recognition takes them for."""

    name: ClassVar[str] = "OcrAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = "augment"
    modules: ClassVar[tuple[str, ...]] = ("nlpaug",)
    depends: ClassVar[tuple[str, ...]] = ("nlpaug",)

    aug_char_min: int | None = Field(default=2, ge=0)
    """At least so many characters of a word are changed."""
    min_char: int = Field(default=1, ge=0)
    """Tokens of fewer characters stay."""
    dict_of_path: str | dict[str, list[str]] | None = None
    """A table of one's own, or a JSON file of it; it holds in both directions."""

    _file: Path = PrivateAttr()
    _table: dict[str, list[str]] = PrivateAttr()

    @model_validator(mode="after")
    def _table_is_there(self, info: ValidationInfo) -> Self:
        self._file = resource("char", "ocr", "en.json")
        if isinstance(self.dict_of_path, str):
            folder = (info.context or {}).get("base", Path())
            self._file = found_file("dict_of_path", self.dict_of_path, folder, _RIGHT)
        own = self.dict_of_path
        self._table = _both_ways(own if isinstance(own, dict) else read_table(self._file))
        return self

    @field_serializer("dict_of_path", when_used="json")
    def _without_path(self, own: str | dict[str, list[str]] | None) -> dict[str, list[str]] | None:
        """A path is no part of what is computed: the file is."""
        return own if isinstance(own, dict) else None

    def files(self) -> Sequence[bytes]:
        """The table of one's own, where it is a file."""
        return [self._file.read_bytes()] if isinstance(self.dict_of_path, str) else []

    def table(self) -> dict[str, list[str]]:
        """What each character is taken for."""
        return self._table


def _both_ways(table: dict[str, list[str]]) -> dict[str, list[str]]:
    """The table with what each character stands for in it, in nlpaug's order."""
    found = {key: list(values) for key, values in table.items()}
    for key in table:
        for value in tuple(found[key]):
            back = found.setdefault(value, [])
            if key not in back:
                back.append(key)
    return {key: values for key, values in found.items() if values}

"""What steps over a rule pack are told, whether they drop records or remove lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import orjson
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    model_validator,
)

from curate.rulepacks.chosen import Chosen, parsed, read_lists, read_pack
from curate.rulepacks.rule import Limit
from curate.rulepacks.setting_faults import list_faults, setting_faults


class PackSettings(BaseModel):
    """The settings of a step over a pack; the pack is read, and held against them."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    pack: str
    """A shipped pack, such as `chat`, or the path of a YAML file, relative to the recipe."""
    field: str = "response"
    """The field judged by rules that name none: `response`, `prompt`, `text`, a path, ..."""
    limits: dict[str, Limit] = Field(default_factory=dict)
    """Limits to use instead of the pack's, by rule id."""
    disable: tuple[str, ...] = ()
    """Ids of rules to leave out."""
    lists: dict[str, str] = Field(default_factory=dict)
    """Files of words, one a line, by the name that the pack has for the list."""

    _chosen: Chosen = PrivateAttr()

    @model_validator(mode="after")
    def _fits_the_pack(self, info: ValidationInfo) -> Self:
        folder = (info.context or {}).get("base", Path())
        content = read_pack(self.pack, folder)
        pack = parsed(content)
        faults = [
            *setting_faults(pack, self.limits, self.disable),
            *list_faults(pack, self.lists),
        ]
        if faults:
            raise ValueError("; ".join(faults))
        self._chosen = Chosen(content, read_lists(self.lists, folder))
        return self

    @field_serializer("pack", when_used="json")
    def _name_without_path(self, _pack: str) -> str:
        """The pack's own name: neither a path nor `@paper` is part of what is built."""
        return self._chosen.pack.pack

    @field_serializer("lists", when_used="json")
    def _lists_without_paths(self, lists: dict[str, str]) -> dict[str, str]:
        """The words are in the fingerprint, wherever they were read."""
        return {name: name for name in sorted(lists)}

    def files(self) -> Sequence[bytes]:
        """The bytes of the pack, of the lists, and of the user's own signals that it names."""
        return self._chosen.files()

    def _limits_content(self) -> bytes:
        """The limits, as something that can be a key."""
        return orjson.dumps(self.limits, option=orjson.OPT_SORT_KEYS)

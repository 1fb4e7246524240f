"""Dropping records by a rule pack."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Self

import orjson
import pyarrow as pa
from pydantic import (
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.errors import CurateError
from curate.fields import FIELDS, can_be_judged
from curate.operator import Judged, RulesOperator
from curate.rulepacks import Judge, Pack, pack_bytes, parse_pack
from curate.rulepacks.pack import PackError
from curate.rulepacks.rule import Limit, rule_faults
from curate.rulepacks.shelf import is_path


class Rules(RulesOperator):
    """Drop records that fail rules of a pack, with every failing rule, its value and limit."""

    name: ClassVar[str] = "rules"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("duckdb", "pyarrow")

    pack: str
    """A shipped pack, such as `chat`, or the path of a YAML file, relative to the recipe."""
    field: str = "response"
    """The field judged by rules that name none: `response`, `prompt`, `text`, a path, ..."""
    limits: dict[str, Limit] = Field(default_factory=dict)
    """Limits to use instead of the pack's, by rule id."""
    disable: tuple[str, ...] = ()
    """Ids of rules to leave out."""

    _content: bytes = PrivateAttr(default=b"")

    @field_validator("field")
    @classmethod
    def _field_can_be_judged(cls, field: str) -> str:
        if not can_be_judged(field):
            near = get_close_matches(field, FIELDS[:-1], n=1)
            guess = f"did you mean {near[0]!r}?" if near else f"fields: {', '.join(FIELDS[:-1])}"
            raise ValueError(f"{field!r} is no field that rules can judge; {guess}")
        return field

    @model_validator(mode="after")
    def _pack_knows_the_rules(self, info: ValidationInfo) -> Self:
        folder = (info.context or {}).get("base", Path())
        try:
            self._content = pack_bytes(str(folder / self.pack) if is_path(self.pack) else self.pack)
        except CurateError as error:
            raise ValueError(f"{error.found}. {error.right}") from error
        try:
            pack = _parsed(self._content)
        except PackError as error:
            raise ValueError(f"the rule pack {self.pack!r} is wrong: {error}") from error
        faults = list(_setting_faults(pack, self.limits, self.disable))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @field_serializer("pack", when_used="json")
    def _name_without_path(self, _pack: str) -> str:
        """A path is no part of what is built: the pack's own name and bytes are."""
        return _parsed(self._content).pack

    def files(self) -> Sequence[bytes]:
        """The pack's bytes."""
        return (self._content,)

    def rule_ids(self) -> Sequence[str]:
        """The ids of the rules that are used, of a user's own pack only.

        A shipped pack is tested, and most of its rules find nothing in good data.
        """
        if not is_path(self.pack):
            return []
        return [rule.id for rule in _parsed(self._content).rules if rule.id not in self.disable]

    def definitions(self) -> Sequence[Mapping[str, Any]]:
        """The rules that are not disabled, with the limits and the field of the settings."""
        names = {"id", "what", "field", "where", "match", "limit", "value", "undesirable"}
        used = (rule for rule in _parsed(self._content).rules if rule.id not in self.disable)
        return [
            rule.model_dump(mode="json", include=names)
            | {"field": rule.field or self.field, "limit": self.limits.get(rule.id, rule.limit)}
            | {"match": rule.pattern}
            for rule in used
        ]

    def judge(self, batch: pa.RecordBatch) -> pa.Table:
        """Return the failures among the rows of a batch."""
        return self.judged(batch).failures

    def judged(self, batch: pa.RecordBatch) -> Judged:
        """Return the failures, and the signals that the rules are made of."""
        limits = orjson.dumps(self.limits, option=orjson.OPT_SORT_KEYS)
        return _judge(self._content, self.field, limits, self.disable).judged(batch)


@lru_cache(maxsize=32)
def _parsed(content: bytes) -> Pack:
    return parse_pack(content)


@lru_cache(maxsize=32)
def _judge(content: bytes, field: str, limits: bytes, disable: tuple[str, ...]) -> Judge:
    return Judge(_parsed(content), field, orjson.loads(limits), disable)


def _setting_faults(pack: Pack, limits: dict[str, Any], disable: Sequence[str]) -> list[str]:
    by_id = {rule.id: rule for rule in pack.rules}
    faults = [
        _unknown(rule_id, list(by_id)) for rule_id in (*limits, *disable) if rule_id not in by_id
    ]
    for rule_id, limit in limits.items():
        if rule_id not in by_id:
            continue
        if by_id[rule_id].limit is None:
            faults.append(f"the rule {rule_id!r} has no limit to set")
            continue
        if _sort(limit) != _sort(by_id[rule_id].limit):
            found = f"limit {limit!r} of {rule_id!r} must be a {_sort(by_id[rule_id].limit)}"
            faults.append(f"{found}, like the pack's {by_id[rule_id].limit!r}")
            continue
        changed = by_id[rule_id].model_copy(update={"limit": limit})
        faults += [
            f"limit {limit!r} of {rule_id!r}: {fault.what}" for fault in rule_faults(changed)
        ]
    return faults


def _sort(limit: Limit | None) -> str:
    if isinstance(limit, str):
        return "text"
    return "truth value" if isinstance(limit, bool) else "number"


def _unknown(rule_id: str, known: list[str]) -> str:
    near = get_close_matches(rule_id, known, n=1)
    guess = f"did you mean {near[0]!r}?" if near else f"its rules: {', '.join(known)}"
    return f"the pack has no rule {rule_id!r}; {guess}"

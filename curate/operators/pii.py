"""Replacing personal data in texts, or dropping the records that hold it."""

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from curate.decision import FAILURE, Span
from curate.errors import MissingExtraError
from curate.operator import Edited, Leak, ScrubOperator
from curate.pii.recognised import Surrogates
from curate.pii.recognizers import (
    DEFAULT_ENTITIES,
    DEFAULT_THRESHOLD,
    known_entities,
    unknown_entity,
)
from curate.pii.surrogates import KEY_BYTES, KEYED, Action

if TYPE_CHECKING:
    from curate.pii.finder import Finder

FROM_ENVIRONMENT: Final = "env:"


class Pii(ScrubOperator):
    """Replace personal data of fixed form, such as mail addresses, in all texts of a record.

    It is found by the recognizers of Presidio that need no model: names are not looked for.
    """

    name: ClassVar[str] = "pii"
    version: ClassVar[int] = 2
    depends: ClassVar[tuple[str, ...]] = (
        *("phonenumbers", "presidio-analyzer", "regex", "spacy", "tldextract"),
    )

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    entities: tuple[str, ...] = DEFAULT_ENTITIES
    """What is looked for, by Presidio's names, such as UK_NHS. Not by default: URL, DATE_TIME and
    UUID, which seldom tell who somebody is, and numbers of single countries but US_SSN."""
    threshold: float = Field(default=DEFAULT_THRESHOLD, ge=0, le=1)
    """The least score that counts. A telephone number has 0.4; what a checksum confirms, 1."""
    action: Action | dict[str, Action] = "replace"
    """`replace` puts <ENTITY>, `mask` stars for letters and digits, `redact` nothing, `hash` a
    keyed hash, `pseudonym` another value of that form, the same for the same value everywhere;
    `drop` drops the record. Or one for each entity; those not named are replaced."""
    key: str | None = None
    """For `hash` and `pseudonym`: `env:NAME`, or a file, relative to the recipe, with at least 16
    bytes. It is never stored; another key gives other values."""

    when_left: Literal["stop", "warn"] = Field(default="stop", alias="on_leak")
    """What a build does where a second detector still finds such data in what it would commit."""

    _key: bytes = PrivateAttr(default=b"")

    @field_validator("entities", mode="before")
    @classmethod
    def _one_or_more(cls, names: object) -> object:
        if isinstance(names, str):
            return (names,)
        return tuple(names) if isinstance(names, list) else names

    @field_validator("entities")
    @classmethod
    def _entities_are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if find_spec("presidio_analyzer") is None:
            raise MissingExtraError("step pii", "presidio-analyzer", "pii")
        if not names:
            raise ValueError(f"no entity; by default {', '.join(DEFAULT_ENTITIES)}")
        # To ask Presidio takes seconds.
        unknown = [one for one in names if one not in DEFAULT_ENTITIES]
        unknown = [one for one in unknown if one not in known_entities()]
        if unknown:
            raise ValueError(unknown_entity(unknown[0]))
        return names

    @model_validator(mode="after")
    def _actions_are_of_the_entities(self) -> Self:
        others = [] if isinstance(self.action, str) else sorted({*self.action} - {*self.entities})
        if others:
            listed = ", ".join(self.entities)
            raise ValueError(
                f"an action for {others[0]!r}, which is not among `entities`: {listed}"
            )
        return self

    @model_validator(mode="after")
    def _key_is_there(self, info: ValidationInfo) -> Self:
        if not any(action in KEYED for action in self._actions().values()):
            return self
        if self.key is None:
            raise ValueError("`hash` and `pseudonym` need a `key`: env:NAME, or a file")
        self._key = _read_key(self.key, (info.context or {}).get("base", Path()))
        return self

    def _actions(self) -> dict[str, Action]:
        given: Mapping[str, Action] = {} if isinstance(self.action, str) else self.action
        other: Action = self.action if isinstance(self.action, str) else "replace"
        return {entity: given.get(entity, other) for entity in self.entities}

    def files(self) -> Sequence[bytes]:
        """What tells one key from another, and nothing about either."""
        return (hmac.digest(self._key, b"curate.pii.key.1", hashlib.sha256),) if self._key else ()

    def warnings(self) -> Sequence[str]:
        """What is not looked at, and what is kept."""
        return (
            "names of persons, places and organisations are not looked for, since no model is used",
        )

    def edit(self, texts: pa.StringArray) -> Edited:
        """Return the texts without what was found, and which records are dropped."""
        from curate.pii.replacing import Replaced, replaced, without_overlaps

        actions = self._actions()
        done: dict[int, Replaced] = {}
        failures: list[tuple[int, str, None, str, None]] = []
        for row, text, findings in _finder(self.entities, self.threshold).find(texts):
            dropping = [one.entity for one in findings if actions[one.entity] == "drop"]
            for entity in sorted(set(dropping)):
                failures.append((row, entity, None, str(dropping.count(entity)), None))
            done[row] = replaced(text, without_overlaps(findings), actions, self._key)
        spans: list[Sequence[Span]] = [()] * len(texts)
        rules: list[Sequence[str]] = [()] * len(texts)
        for row, one in done.items():
            spans[row], rules[row] = one.spans, one.entities
        return Edited(_with(texts, done), spans, rules, _table(failures))

    def leaks(self, texts: pa.StringArray, surrogates: frozenset[str]) -> Sequence[Leak]:
        """What the second detector finds (`pii.second`)."""
        from curate.pii.second import hint, sightings

        known = _known(surrogates)
        found = sightings(texts, frozenset(self.entities), self.threshold)
        return [Leak(row, what, hint(value)) for row, what, value in found if not known.have(value)]

    def on_leak(self) -> Literal["stop", "warn"]:
        """As the settings say."""
        return self.when_left

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without where the key is, which itself counts, and what is done about leaks."""
        others = ("key", "when_left")
        return super()._digest_of({k: v for k, v in settings.items() if k not in others})


def _with(texts: pa.StringArray, done: Mapping[int, Any]) -> pa.StringArray:
    if not done:
        return texts
    mask = np.zeros(len(texts), np.bool_)
    mask[list(done)] = True
    written = pa.array([one.text for one in done.values()], texts.type)
    return pc.replace_with_mask(texts, pa.array(mask), written)


def _table(failures: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*failures, strict=True) if failures else [()] * len(FAILURE)
    arrays = [pa.array(column, each.type) for column, each in zip(columns, FAILURE, strict=True)]
    return pa.table(arrays, schema=FAILURE)


def _read_key(where: str, base: Path) -> bytes:
    if where.startswith(FROM_ENVIRONMENT):
        name = where.removeprefix(FROM_ENVIRONMENT)
        key = os.environ.get(name, "").encode()
        if not key:
            raise ValueError(f"the environment variable {name!r} of `key` is not set")
    else:
        try:
            key = (base / where).read_bytes().strip()
        except OSError as error:
            raise ValueError(
                f"the file {where!r} of `key` cannot be read: {error.strerror}"
            ) from None
    if len(key) < KEY_BYTES:
        raise ValueError(f"the key has {len(key)} bytes, and must have at least {KEY_BYTES}")
    return key


@lru_cache(maxsize=1)
def _known(surrogates: frozenset[str]) -> Surrogates:
    return Surrogates(surrogates)


@lru_cache(maxsize=4)
def _finder(entities: tuple[str, ...], threshold: float) -> "Finder":
    from curate.pii.finder import Finder

    return Finder(entities, threshold)

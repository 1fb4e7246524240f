"""Replacing personal data in texts, or dropping the records that hold it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import pyarrow as pa
from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.errors import MissingExtraError
from curate.operator import Edited, Leak, ScrubOperator
from curate.patterns.pack import parse_patterns
from curate.patterns.shelf import read_patterns
from curate.pii.keys import key_digest, read_key
from curate.pii.names_entities import NAME_ENTITIES, named_entities, unknown_name
from curate.pii.names_files import NameModel, find_names
from curate.pii.recognised import Surrogates
from curate.pii.recognizers import (
    DEFAULT_ENTITIES,
    DEFAULT_THRESHOLD,
    known_entities,
    own_entities,
)
from curate.pii.surrogates import KEYED, Action
from curate.setting_types import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curate.pii.finder import Finder, Finding
    from curate.pii.names import FinderWithNames


Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Pii(ScrubOperator):
    """Replace personal data, such as mail addresses, in all texts of a record.

    What has a fixed form is found by the recognizers of Presidio that need no model. Names are
    looked for by a model, where `names` says which.
    """

    name: ClassVar[str] = "pii"
    version: ClassVar[int] = 3
    depends: ClassVar[tuple[str, ...]] = (
        *("Faker", "phonenumbers", "presidio-analyzer", "regex", "spacy", "tldextract"),
    )

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    entities: Names = DEFAULT_ENTITIES
    """What is looked for, by Presidio's names, such as UK_NHS. Not by default: URL, DATE_TIME and
    UUID, which seldom tell who somebody is, and numbers of single countries but US_SSN."""
    threshold: Score | dict[str, Score] = DEFAULT_THRESHOLD
    """The least score that counts. A telephone number has 0.4; what a checksum confirms, 1. Or one
    for each entity; others have 0.4."""
    action: Action | dict[str, Action] = "replace"
    """`replace` puts <ENTITY>, `mask` stars for letters and digits, `redact` nothing, `hash` a
    keyed hash, `pseudonym` another value of that kind and form, the same for the same value
    everywhere, whose checksum holds; `drop` drops the record. Or one for each entity; those not
    named are replaced."""
    pack: str | None = None
    """Own entities: `pii`, which comes with curate, or the path of a YAML file, relative to the
    recipe. All of them are looked for, unless `entities` says what is."""
    names: str | None = None
    """A model that finds names: a folder, relative to the recipe, with a pipeline of spaCy, a model
    of transformers for the classification of tokens, or a GLiNER model; or an installed package of
    spaCy. PERSON, LOCATION and ORGANIZATION are then looked for, unless `entities` says what is."""
    key: str | None = None
    """For `hash` and `pseudonym`: `env:NAME`, or a file, relative to the recipe, with at least 16
    bytes. It is never stored; another key gives other values."""

    keep_originals: bool = False
    """Keep what was replaced in the ledger, encrypted with the `key`: `curate pii --reveal` shows
    it to those who have it."""
    when_left: Literal["stop", "warn"] = Field(default="stop", alias="on_leak")
    """What a build does where a second detector still finds such data in what it would commit."""

    _key: bytes = PrivateAttr(default=b"")
    _pack: bytes = PrivateAttr(default=b"")
    _model: NameModel | None = PrivateAttr(default=None)

    @field_validator("entities")
    @classmethod
    def _some_entity_is_looked_for(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if find_spec("presidio_analyzer") is None:
            raise MissingExtraError("step pii", "presidio-analyzer", "pii")
        if not names:
            raise ValueError(f"no entity; by default {', '.join(DEFAULT_ENTITIES)}")
        return names

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        if self.names is not None:
            self._model = find_names(self.names, (info.context or {}).get("base", Path()))
        return self

    @model_validator(mode="after")
    def _entities_are_known(self, info: ValidationInfo) -> Self:
        own: Sequence[str] = ()
        if self.pack is not None:
            folder = (info.context or {}).get("base", Path())
            self._pack = read_patterns(self.pack, folder, "entities")
            own = sorted(own_entities(self._pack))
            taken = [one for one in own if one in known_entities()]
            if taken:
                raise ValueError(f"the pack has {taken[0]!r}, which is an entity of Presidio's")
        # To ask Presidio takes seconds.
        others = {*DEFAULT_ENTITIES, *own, *named_entities(self._model)}
        unknown = [one for one in self.entities if one not in others]
        unknown = [one for one in unknown if one not in known_entities()]
        if unknown:
            raise ValueError(unknown_name(unknown[0], own, self._model))
        if self._model is not None and not self._named():
            found = ", ".join(sorted(named_entities(self._model)))
            raise ValueError(f"the model of `names` finds none of the entities, but {found}")
        return self

    @model_validator(mode="after")
    def _actions_and_limits_are_of_the_entities(self) -> Self:
        for what, given in (("an action", self.action), ("a threshold", self.threshold)):
            others = sorted({*given} - {*self.sought()}) if isinstance(given, dict) else []
            if others:
                listed = ", ".join(self.sought())
                raise ValueError(
                    f"{what} for {others[0]!r}, which is not among `entities`: {listed}"
                )
        return self

    @model_validator(mode="after")
    def _key_is_there(self, info: ValidationInfo) -> Self:
        is_keyed = any(action in KEYED for action in self._actions().values())
        if not is_keyed and not self.keep_originals:
            return self
        if self.key is None:
            what = "`hash` and `pseudonym` need" if is_keyed else "`keep_originals` needs"
            raise ValueError(f"{what} a `key`: env:NAME, or a file")
        self._key = read_key(self.key, (info.context or {}).get("base", Path()))
        return self

    def _actions(self) -> dict[str, Action]:
        given: Mapping[str, Action] = {} if isinstance(self.action, str) else self.action
        other: Action = self.action if isinstance(self.action, str) else "replace"
        return {entity: given.get(entity, other) for entity in self.sought()}

    def sought(self) -> tuple[str, ...]:
        """What is looked for: all of the pack and names too, where `entities` is not given."""
        if "entities" in self.model_fields_set:
            return self.entities
        return (*self.entities, *sorted(own_entities(self._pack)), *self._named())

    def _named(self) -> tuple[str, ...]:
        """What is looked for by the model."""
        wanted = self.entities if "entities" in self.model_fields_set else NAME_ENTITIES
        return tuple(sorted({*wanted} & named_entities(self._model)))

    def _patterned(self) -> tuple[str, ...]:
        """What is looked for by patterns: of some entities there are both."""
        if self._model is None:
            return self.sought()
        has_pattern = {*known_entities(), *own_entities(self._pack)}
        return tuple(one for one in self.sought() if one in has_pattern)

    @field_serializer("pack", when_used="json")
    def _name_without_path(self, pack: str | None) -> str | None:
        """The pack's own name: where it lies is no part of what is built."""
        return None if pack is None else parse_patterns(self._pack).pack

    @field_serializer("names", when_used="json")
    def _model_without_path(self, names: str | None) -> str | None:
        """A path is no part of what is built: the model's files are."""
        return names if self._model is None else f"sha256:{self._model.files.hash[:16]}"

    def files(self) -> Sequence[bytes]:
        """The bytes of the pack; what tells keys apart, and nothing about them; and the model's."""
        key = [key_digest(self._key)] if self._key else []
        model = [self._model.digest()] if self._model is not None else []
        return (*([self._pack] if self._pack else []), *key, *model)

    def warnings(self) -> Sequence[str]:
        """What is not looked at; or the model that finds names, which finds not all of them."""
        if self._model is not None:
            return (f"names are what {self._model.described()} finds: {', '.join(self._named())}",)
        return (
            "names of persons, places and organisations are not looked for, since no model is used",
        )

    def edit(self, texts: pa.StringArray) -> Edited:
        """Return the texts without what was found, and which records are dropped."""
        from curate.pii.scrubbing import scrubbed

        found = self.findings(texts)
        return scrubbed(texts, found, self._actions(), self._key, seals=self.keep_originals)

    def findings(self, texts: pa.StringArray) -> "Iterator[tuple[int, str, list[Finding]]]":
        """The rows where something is found, each with its text and the findings that count."""
        limits = self.limits()
        for row, text, found in self.finder().find(texts):
            counting = [one for one in found if one.score >= limits[one.entity]]
            if counting:
                yield row, text, counting

    def limits(self) -> dict[str, float]:
        """The least score that counts, by entity."""
        given = self.threshold if isinstance(self.threshold, dict) else {}
        other = DEFAULT_THRESHOLD if isinstance(self.threshold, dict) else self.threshold
        return {entity: given.get(entity, other) for entity in self.sought()}

    def lowest(self) -> float:
        """The least score that counts of any entity."""
        return min(self.limits().values())

    def finder(self) -> "Finder | FinderWithNames":
        """What finds the entities, from the lowest limit of any on."""
        finder = _finder(self._patterned(), self.lowest(), self._pack)
        if self._model is None:
            return finder
        from curate.pii.names import FinderWithNames, loaded

        return FinderWithNames(finder, loaded(self._model, self._named(), self.lowest()))

    def beside(self) -> Any:
        """Presidio's own engine for the same."""
        from curate.pii.beside import batch_engine

        return batch_engine(
            *(self._patterned(), self._pack, self._model, self._named(), self.lowest())
        )

    def leaks(self, texts: pa.StringArray, surrogates: frozenset[str]) -> Sequence[Leak]:
        """What the second detector finds (`pii.second`)."""
        from curate.pii.second import hint, sightings

        known = _known(surrogates)
        actions, limits = self._actions(), self.limits()
        scrubbed = {each: limit for each, limit in limits.items() if actions[each] != "flag"}
        found = sightings(texts, scrubbed)
        return [Leak(row, what, hint(value)) for row, what, value in found if not known.have(value)]

    def on_leak(self) -> Literal["stop", "warn"]:
        """As the settings say."""
        return self.when_left

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without where key and model are, which count, and what is done about leaks."""
        others = ("key", "names", "when_left")
        return super()._digest_of({k: v for k, v in settings.items() if k not in others})


@lru_cache(maxsize=1)
def _known(surrogates: frozenset[str]) -> Surrogates:
    return Surrogates(surrogates)


@lru_cache(maxsize=4)
def _finder(entities: tuple[str, ...], threshold: float, pack: bytes) -> "Finder":
    from curate.pii.finder import Finder

    return Finder(entities, threshold, pack)

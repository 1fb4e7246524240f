"""Replacing secrets in texts, or dropping the records that hold them."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

import orjson
import pyarrow as pa
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.operator import Edited, Leak, ScrubOperator
from curate.patterns.allowed import Allowed
from curate.patterns.pack import SecretPack, parse_patterns
from curate.patterns.shelf import read_patterns
from curate.pii.keys import key_digest, read_key
from curate.pii.recognised import Surrogates
from curate.pii.scrubbing import scrubbed
from curate.pii.surrogates import EXACT, KEYED
from curate.secrets.finder import SecretFinder

Action = Literal["replace", "mask", "redact", "hash", "drop", "flag"]
Bits = Annotated[float, Field(ge=0, le=8, allow_inf_nan=False)]


def _one_or_more(given: object) -> object:
    if isinstance(given, (str, dict)):
        return (given,)
    return tuple(given) if isinstance(given, list) else given


class Secrets(ScrubOperator):
    """Replace API keys, tokens, passwords and private keys in all texts of a record.

    What is one is said by a pack of patterns, which comes with curate or is written by the user.
    """

    name: ClassVar[str] = "secrets"
    version: ClassVar[int] = 2
    depends: ClassVar[tuple[str, ...]] = ("google-re2",)

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    pack: str = "secrets"
    """The pack that comes with curate, or the path of a YAML file, relative to the recipe."""
    rules: Annotated[tuple[str, ...], BeforeValidator(_one_or_more)] = ()
    """Ids of the rules that are applied; all of the pack where none is named."""
    action: Action | dict[str, Action] = "replace"
    """`replace` puts <SECRET:rule>, `mask` stars for letters and digits, `redact` nothing, `hash` a
    keyed hash, the same for the same secret everywhere; `drop` drops the record, `flag` leaves the
    text and tells the finding. Or one for each rule; what others find is replaced. There is no
    `pseudonym`: it would look like a secret."""
    key: str | None = None
    """For `hash`: `env:NAME`, or a file, relative to the recipe, with at least 16 bytes. It is
    never stored; another key gives other hashes."""
    allow: Annotated[tuple[str | dict[str, str], ...], BeforeValidator(_one_or_more)] = ()
    """What is no secret: values, or `{match: RE2}` for those with such a match in them."""
    entropy: Bits | dict[str, Bits] | None = None
    """The least bits a character, instead of the pack's, for all rules that have a limit or by rule
    id."""

    when_left: Literal["stop", "warn"] = Field(default="stop", alias="on_leak")
    """What a build does where a second detector still finds secrets in what it would commit."""

    _content: bytes = PrivateAttr(default=b"")
    _key: bytes = PrivateAttr(default=b"")

    @field_validator("allow")
    @classmethod
    def _what_is_allowed_is_right(cls, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        Allowed.of(entries)
        return entries

    @model_validator(mode="after")
    def _fits_the_pack(self, info: ValidationInfo) -> Self:
        folder = (info.context or {}).get("base", Path())
        self._content = read_patterns(self.pack, folder, "secrets")
        known = [rule.id for rule in _pack(self._content).secrets]
        for rule in self.rules:
            if rule not in known:
                raise ValueError(f"the pack has no rule {rule!r}; {_guess(rule, known)}")
        applied = self.rules or known
        for name in ("action", "entropy"):
            given = getattr(self, name)
            for rule in given if isinstance(given, dict) else ():
                if rule not in applied:
                    raise ValueError(
                        f"`{name}` of {rule!r}, which is no rule that is applied; "
                        f"{_guess(rule, applied)}"
                    )
        if any(action in KEYED for action in self._actions().values()):
            if self.key is None:
                raise ValueError("`hash` needs a `key`: env:NAME, or a file")
            self._key = read_key(self.key, folder)
        return self

    @field_serializer("pack", when_used="json")
    def _name_without_path(self, _pack_given: str) -> str:
        """The pack's own name: where it lies is no part of what is built."""
        return _pack(self._content).pack

    def files(self) -> Sequence[bytes]:
        """The bytes of the pack, and what tells one key from another."""
        return (self._content, *([key_digest(self._key)] if self._key else []))

    def edit(self, texts: pa.StringArray) -> Edited:
        """Return the texts without what was found, and which records are dropped."""
        limits = orjson.dumps(self._limits(), option=orjson.OPT_SORT_KEYS)
        finder = _finder(self._content, self.rules, limits, Allowed.of(self.allow))
        return scrubbed(texts, finder.find(texts), self._actions(), self._key, EXACT)

    def leaks(self, texts: pa.StringArray, surrogates: frozenset[str]) -> Sequence[Leak]:
        """What the second detector finds (`secrets.second`) of the rules that are applied."""
        from curate.pii.second import hint
        from curate.secrets.second import sightings

        known, allowed = _known(surrogates), Allowed.of(self.allow)
        own = _pack(self._content).allowed
        return [
            Leak(row, rule, hint(value))
            for row, rule, value in sightings(texts)
            if self._actions().get(rule, "flag") != "flag" and not known.have(value)
            if not allowed.allows(value) and not own.allows(value)
        ]

    def on_leak(self) -> Literal["stop", "warn"]:
        """As the settings say."""
        return self.when_left

    def _applied(self) -> Sequence[str]:
        return self.rules or [rule.id for rule in _pack(self._content).secrets]

    def _actions(self) -> dict[str, Action]:
        given: Mapping[str, Action] = self.action if isinstance(self.action, dict) else {}
        other: Action = "replace" if isinstance(self.action, dict) else self.action
        return {rule: given.get(rule, other) for rule in self._applied()}

    def _limits(self) -> dict[str, float]:
        if self.entropy is None or isinstance(self.entropy, dict):
            return dict(self.entropy or {})
        limited = [rule.id for rule in _pack(self._content).secrets if rule.entropy is not None]
        return dict.fromkeys(limited, self.entropy)

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without where the key is, which itself counts, and what is done about leaks."""
        others = ("key", "when_left")
        return super()._digest_of({k: v for k, v in settings.items() if k not in others})


def _pack(content: bytes) -> SecretPack:
    pack = parse_patterns(content)
    assert isinstance(pack, SecretPack)
    return pack


def _guess(rule: str, known: Iterable[str]) -> str:
    near = get_close_matches(rule, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"its rules: {', '.join(known)}"


@lru_cache(maxsize=1)
def _known(surrogates: frozenset[str]) -> Surrogates:
    return Surrogates(surrogates)


@lru_cache(maxsize=4)
def _finder(
    content: bytes, rules: tuple[str, ...], limits: bytes, allowed: Allowed
) -> SecretFinder:
    return SecretFinder(_pack(content), rules, orjson.loads(limits), allowed)

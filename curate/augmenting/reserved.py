"""Words and phrases that stand for each other: nlpaug's `ReservedAug`."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple, Self

from pydantic import PrivateAttr, model_validator

from curate.augmenting.draws import Draws
from curate.augmenting.token_augmenter import WordAugmenter
from curate.augmenting.tokens import aligned, parted


class _Phrase(NamedTuple):
    parts: list[str]
    """Its tokens and the gaps between them, in small letters."""
    key: str
    group: int


class ReservedAug(WordAugmenter):
    """Replaces words and phrases by others that the settings name beside them.

    A phrase is found whatever its case, and stays as it was written where it is not drawn; nlpaug
    writes it with `nnnnn` for its spaces there.
    """

    name: ClassVar[str] = "ReservedAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""

    reserved_tokens: tuple[tuple[str, ...], ...]
    """Groups of words and phrases, of which each may stand for any other."""
    case_sensitive: bool = True
    """Whether a word is found only in the case that it has here."""

    _words: dict[str, int] = PrivateAttr(default_factory=dict)
    _phrases: list[_Phrase] = PrivateAttr(default_factory=list)
    _begin: frozenset[str] = PrivateAttr(default=frozenset())

    @model_validator(mode="after")
    def _are_groups(self) -> Self:
        for group, texts in enumerate(self.reserved_tokens):
            if len(texts) < 2 or not all(map(str.strip, texts)):
                raise ValueError(
                    f"the group {list(texts)} has nothing to put in: name two texts or more"
                )
            for text in texts:
                key = text if self.case_sensitive else text.lower()
                parts = parted(text.lower().strip())[1:-1]
                if len(parts) == 1:
                    self._words[key] = group
                else:
                    self._phrases.append(_Phrase(parts, key, group))
        if not self.reserved_tokens:
            raise ValueError("it is empty: name a group of words")
        # Of phrases that begin alike the longest is looked for first.
        self._phrases.sort(key=lambda phrase: -len(phrase.parts))
        self._begin = frozenset(phrase.parts[0] for phrase in self._phrases)
        return self

    def parted(self, text: str) -> list[str]:
        """Gaps and tokens in turn; a phrase is one token."""
        parts = parted(text)
        if not self._phrases:
            return parts
        lowered = [part.lower() for part in parts]
        found, place = [parts[0]], 1
        while place < len(parts):
            phrase = self._phrase_at(lowered, place)
            size = len(phrase.parts) if phrase else 1
            found += ["".join(parts[place : place + size]), parts[place + size]]
            place += size + 1
        return found

    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Replace words and phrases that are drawn."""
        known = [place for place, token in enumerate(tokens) if self._found(token)]
        drawn = self.drawn(tokens, self.words_of(tokens, known), draws)
        if not drawn:
            return None
        for place in sorted(drawn, reverse=True):
            key, group = self._found(tokens[place]) or ("", 0)
            others = [text for text in self.reserved_tokens[group] if self._key(text) != key]
            if others:
                word = draws.one(others)
                tokens[place] = aligned(key, word) if place == 0 else word
        return tokens

    def _key(self, text: str) -> str:
        return text if self.case_sensitive else text.lower()

    def _found(self, token: str) -> tuple[str, int] | None:
        """The text of the settings that a token is, and its group."""
        key = self._key(token)
        if key in self._words:
            return key, self._words[key]
        lowered = token.lower()
        if " " in lowered or not self._begin.isdisjoint(parted(lowered)[1:2]):
            for phrase in self._phrases:
                if "".join(phrase.parts) == lowered:
                    return phrase.key, phrase.group
        return None

    def _phrase_at(self, lowered: Sequence[str], place: int) -> _Phrase | None:
        if lowered[place] in self._begin:
            for phrase in self._phrases:
                if lowered[place : place + len(phrase.parts)] == phrase.parts:
                    return phrase
        return None

"""Words and phrases that stand for each other: nlpaug's `ReservedAug`."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple, Self

from pydantic import PrivateAttr, model_validator

from curate.augmenting.drawn_words import DrawnWordAugmenter
from curate.augmenting.draws import Draws
from curate.augmenting.token_augmenter import TokenEditor
from curate.augmenting.tokens import aligned, parted
from curate.augmenting.word_batches import FALLING, LOOKED_UP, WordChanges, WordPlan, table_of


class _Phrase(NamedTuple):
    parts: list[str]
    """Its tokens and the gaps between them, in small letters."""
    key: str
    others: Sequence[str]


class ReservedAug(DrawnWordAugmenter):
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

    _words: dict[str, tuple[str, Sequence[str]]] = PrivateAttr(default_factory=dict)
    """What words are found as, and what may stand for them."""
    _phrases: list[_Phrase] = PrivateAttr(default_factory=list)
    _whole: dict[str, tuple[str, Sequence[str]]] = PrivateAttr(default_factory=dict)
    """The same of phrases, in small letters."""
    _begin: frozenset[str] = PrivateAttr(default=frozenset())

    @model_validator(mode="after")
    def _are_groups(self) -> Self:
        if not self.reserved_tokens:
            raise ValueError("`reserved_tokens` is empty: name a group of words")
        for group in self.reserved_tokens:
            if len({self._key(text) for text in group}) < 2 or not all(map(str.strip, group)):
                raise ValueError(f"the group {list(group)} has not two texts: name two or more")
            for text in group:
                self._add(text, [other for other in group if self._key(other) != self._key(text)])
        # Of phrases that begin alike the longest is looked for first.
        self._phrases.sort(key=lambda phrase: -len(phrase.parts))
        self._begin = frozenset(phrase.parts[0] for phrase in self._phrases)
        for phrase in reversed(self._phrases):
            self._whole["".join(phrase.parts)] = phrase.key, phrase.others
        return self

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Change some tokens of each text; compiled code knows no phrases."""
        plain = [row for row, text in enumerate(texts) if self._is_plain(text)]
        answers = list(texts)
        done = DrawnWordAugmenter.reword(self, [texts[r] for r in plain], [seeds[r] for r in plain])
        for row, answer in zip(plain, done, strict=True):
            answers[row] = answer
        others = sorted(set(range(len(texts))) - set(plain))
        done = TokenEditor.reword(self, [texts[r] for r in others], [seeds[r] for r in others])
        for row, answer in zip(others, done, strict=True):
            answers[row] = answer
        return answers

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

    def plan(self) -> WordPlan:
        """Words as many times as others may stand for them."""
        counts: Mapping[str, Sequence[str]] = {key: each[1] for key, each in self._words.items()}
        return self.planned(FALLING, LOOKED_UP, 0, table_of(counts))

    def changes(self, tokens: Sequence[str], draws: Draws) -> WordChanges:
        """Draw words and phrases, and another of each."""
        found = self._found(tokens)
        known = [place for place, token in enumerate(tokens) if token in found]
        places = sorted(self.drawn(tokens, self.words_of(tokens, known), draws), reverse=True)
        return WordChanges(
            places, [draws.one(range(len(found[tokens[place]][1]))) for place in places]
        )

    def applied(self, tokens: list[str], made: WordChanges) -> list[str] | None:
        """Replace words and phrases."""
        found = self._found([tokens[place] for place in made.tokens])
        for place, drawn in zip(made.tokens, made.drawn, strict=True):
            key, others = found[tokens[place]]
            tokens[place] = aligned(key, others[drawn]) if place == 0 else others[drawn]
        return tokens

    def _key(self, text: str) -> str:
        return text if self.case_sensitive else text.lower()

    def _add(self, text: str, others: Sequence[str]) -> None:
        parts = parted(text.lower().strip())[1:-1]
        if len(parts) == 1:
            self._words[self._key(text)] = self._key(text), others
        else:
            self._phrases.append(_Phrase(parts, self._key(text), others))

    def _is_plain(self, text: str) -> bool:
        """Whether compiled code finds all that there is in a text."""
        if not self.case_sensitive:
            return False
        lowered = text.lower() if self._begin else ""
        return not any(word in lowered for word in self._begin)

    def _found(self, tokens: Sequence[str]) -> dict[str, tuple[str, Sequence[str]]]:
        """What tokens are found as, and what may stand for them, of those that are."""
        words, phrases, exact = self._words, self._whole, self.case_sensitive
        found = {}
        for token in set(tokens):
            lowered = token.lower()
            known = words.get(token if exact else lowered) or phrases.get(lowered)
            if known is not None:
                found[token] = known
        return found

    def _phrase_at(self, lowered: Sequence[str], place: int) -> _Phrase | None:
        if lowered[place] in self._begin:
            for phrase in self._phrases:
                if lowered[place : place + len(phrase.parts)] == phrase.parts:
                    return phrase
        return None

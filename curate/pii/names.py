"""Names of persons, places and organisations, by a model, as Presidio's `AnalyzerEngine` has them.

Long texts are looked at in windows that overlap. What is found in a text depends on no other.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

import pyarrow as pa

from curate.errors import CurateError, InputError
from curate.pii.finder import Finder
from curate.pii.finding import Finding
from curate.pii.names_files import NameModel

DIGITS: Final = 4
"""Of a score, so that it is the same on every machine."""
REMEMBERED: Final = 1 << 16
"""Texts whose findings are kept in memory."""


class NameEngine(Protocol):
    """A model, ready to be asked."""

    name: str
    """That of Presidio's recognizer."""

    def results(self, texts: Sequence[str]) -> list[list[Any]]:
        """Presidio's results in each text, as its recognizer gives them."""


class Names:
    """Finds the names in texts whose score reaches a threshold."""

    def __init__(self, model: NameModel, entities: Sequence[str], threshold: float) -> None:
        """Load the model; raises `InputError` where that fails."""
        self._engine = _engine(model, entities, threshold)
        self._entities, self._threshold = frozenset(entities), threshold
        self._known: OrderedDict[bytes, tuple[Finding, ...]] = OrderedDict()

    def find(self, texts: Sequence[str]) -> list[tuple[Finding, ...]]:
        """The findings in each text, by score, the highest first, then by place."""
        digests = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        new = {
            digest: text
            for digest, text in zip(digests, texts, strict=True)
            if digest not in self._known
        }
        known = {digest: self._known[digest] for digest in digests if digest not in new}
        told = self._engine.results(list(new.values()))
        known |= {digest: self._kept(results) for digest, results in zip(new, told, strict=True)}
        self._remember(known)
        return [known[digest] for digest in digests]

    def _kept(self, results: Sequence[Any]) -> tuple[Finding, ...]:
        found = [
            Finding(
                *(one.start, one.end, one.entity_type, round(float(one.score), DIGITS)),
                self._engine.name,
            )
            for one in results
            if one.entity_type in self._entities
        ]
        return tuple(joined([one for one in found if one.score >= self._threshold]))

    def _remember(self, known: dict[bytes, tuple[Finding, ...]]) -> None:
        for digest, findings in known.items():
            self._known[digest] = findings
            self._known.move_to_end(digest)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


class FinderWithNames:
    """What a `Finder` finds in texts, and the names in them."""

    def __init__(self, finder: Finder, names: Names) -> None:
        """`finder` looks for what has a pattern."""
        self._finder, self._names = finder, names

    def find(self, texts: pa.StringArray) -> Iterator[tuple[int, str, list[Finding]]]:
        """As `Finder.find`."""
        patterns = {row: findings for row, _, findings in self._finder.find(texts)}
        rows = [(row, text) for row, text in enumerate(texts.to_pylist()) if text]
        for (row, text), named in zip(rows, self._names.find([t for _, t in rows]), strict=True):
            found = patterns.get(row, [])
            if found and named:
                found = joined([*found, *named])
            if found or named:
                yield row, text, found or list(named)


def joined(findings: Sequence[Finding]) -> list[Finding]:
    """The findings of several recognizers without those within another, by Presidio's own code."""
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    results = [
        RecognizerResult(
            *(one.entity, one.start, one.end, one.score),
            recognition_metadata={RecognizerResult.RECOGNIZER_NAME_KEY: one.detector},
        )
        for one in findings
    ]
    return [
        Finding(
            *(one.start, one.end, one.entity_type, one.score),
            one.recognition_metadata[RecognizerResult.RECOGNIZER_NAME_KEY],
        )
        for one in EntityRecognizer.remove_duplicates(results)
    ]


@lru_cache(maxsize=2)
def loaded(model: NameModel, entities: tuple[str, ...], threshold: float) -> Names:
    """A model ready to be asked for some entities."""
    return Names(model, entities, threshold)


def _engine(model: NameModel, entities: Sequence[str], threshold: float) -> NameEngine:
    try:
        if model.kind == "spacy":
            from curate.pii.names_spacy import SpacyNames

            return SpacyNames(model, entities)
        if model.kind == "transformers":
            from curate.pii.names_transformers import TransformersNames

            return TransformersNames(model, entities, threshold)
        from curate.pii.names_gliner import GlinerNames

        return GlinerNames(model, entities, threshold)
    except CurateError:
        raise
    except Exception as error:  # What the packages raise for a damaged file has no common type.
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            f"model of names {model.files.name!r}",
            f"it cannot be loaded: {first}",
            "Fetch it again, or use another.",
        ) from error

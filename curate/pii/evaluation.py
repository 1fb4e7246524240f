"""How well detectors find labelled personal data."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from curate.pii.labelled import Labelled, LabelledSpan

BETA = 2
"""How much more recall counts than precision in `f2` (van Rijsbergen 1979, chapter 7): what is not
found stays in the data."""


class Score(NamedTuple):
    """What was found of one entity."""

    labelled: int
    found: int
    hit: int
    """Labelled spans that a finding of the entity overlaps."""
    right: int
    """Findings that overlap a labelled span of the entity."""
    exact: int
    """Labelled spans that a finding has exactly."""

    @property
    def precision(self) -> float | None:
        """Share of findings that are right; None without any."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of labelled spans that are found; None without any."""
        return self.hit / self.labelled if self.labelled else None

    @property
    def f2(self) -> float | None:
        """F with beta 2: 5 P R / (4 P + R)."""
        precision, recall = self.precision, self.recall
        if precision is None or recall is None:
            return None
        weighed = BETA**2 * precision + recall
        return (1 + BETA**2) * precision * recall / weighed if weighed else 0.0


def scores(
    documents: Sequence[Labelled],
    found: Sequence[Iterable[LabelledSpan]],
    entities: Sequence[str],
) -> Mapping[str, Score]:
    """The scores by entity; `found` has the findings in each document."""
    totals: dict[str, Counter[str]] = {entity: Counter() for entity in entities}
    for document, findings in zip(documents, found, strict=True):
        said = list(findings)
        for entity in entities:
            own = [one for one in document.spans if one.entity == entity]
            mine = [one for one in said if one.entity == entity]
            if own or mine:
                totals[entity] += _counted(own, mine)
    return {entity: Score(*(of[name] for name in Score._fields)) for entity, of in totals.items()}


def _counted(own: Sequence[LabelledSpan], mine: Sequence[LabelledSpan]) -> Counter[str]:
    return Counter(
        labelled=len(own),
        found=len(mine),
        hit=sum(_overlaps(one, mine) for one in own),
        right=sum(_overlaps(one, own) for one in mine),
        exact=len({*own} & {*mine}),
    )


def _overlaps(one: LabelledSpan, others: Iterable[LabelledSpan]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def renamed(documents: Iterable[Labelled], names: Mapping[str, str]) -> list[Labelled]:
    """The documents with other names of entities."""
    return [
        Labelled(
            text, tuple(one._replace(entity=names.get(one.entity, one.entity)) for one in spans)
        )
        for text, spans in documents
    ]

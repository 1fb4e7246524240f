"""Replacing what was found in a text."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from curate.decision import Span
from curate.pii.finding import Finding
from curate.pii.originals import sealed
from curate.pii.surrogates import Action, keyed_hash, pseudonym


class Replaced(NamedTuple):
    """A text without what was found in it."""

    text: str
    spans: list[Span]
    entities: list[str]
    """That of each span."""


def without_overlaps(findings: Sequence[Finding]) -> list[Finding]:
    """The findings by place, with those that overlap made one.

    It reaches over all of them, so that nothing of any is left, and has the entity and score of
    the first by score, length, place and name.
    """
    joined: list[list[Finding]] = []
    end = -1
    for one in sorted(findings):
        if one.start >= end:
            joined.append([])
        joined[-1].append(one)
        end = max(end, one.end)
    return [_union(group) for group in joined]


def _union(group: Sequence[Finding]) -> Finding:
    first = min(group, key=lambda one: (-one.score, one.start - one.end, one.start, one.entity))
    start, end = min(one.start for one in group), max(one.end for one in group)
    return first._replace(start=start, end=end)


def replaced(
    text: str,
    findings: Sequence[Finding],
    actions: Mapping[str, Action],
    key: bytes,
    mark: str = "",
    seals: bool = False,
) -> Replaced:
    """The text with each finding (by place, none overlapping) replaced by its entity's action.

    `mark` stands before the entity in what is put there; `seals` says that the spans hold what was
    there, encrypted.
    """
    parts, spans, position = [], [], 0
    for one in findings:
        value = text[one.start : one.end]
        put = replacement(value, mark + one.entity, actions[one.entity], key)
        parts += [text[position : one.start], put]
        # The score of a secret is the rank of its rule.
        found = (one.detector, None if mark else one.score, put)
        original = sealed(key, one.entity, value) if seals else None
        spans.append(Span(one.start, one.end, len(put), *found, original))
        position = one.end
    parts.append(text[position:])
    return Replaced("".join(parts), spans, [one.entity for one in findings])


def replacement(value: str, entity: str, action: Action, key: bytes) -> str:
    """What an action puts in the place of a value.

    >>> replacement("jo@b.com", "EMAIL_ADDRESS", "mask", b"")
    '**@*.***'
    """
    if action in ("replace", "drop"):
        return f"<{entity}>"
    if action == "mask":
        return "".join("*" if char.isalnum() else char for char in value)
    if action == "hash":
        return f"<{entity}:{keyed_hash(key, entity, value)}>"
    if action == "pseudonym":
        return pseudonym(key, entity, value)
    return ""

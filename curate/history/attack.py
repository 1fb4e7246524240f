"""Attacking a classifier with records of a version."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import pyarrow as pa

from curate.attacks.recipe import AttackRecipe
from curate.attacks.report import AttackReport, report
from curate.attacks.running import Attacked, Attacker, Budget
from curate.attacks.target import Target
from curate.augmenting.protecting import protected
from curate.errors import RefusedError, UsageError
from curate.fields import can_be_judged, field_texts
from curate.mixing.slicing import NONE, Slicing
from curate.progress import Progress
from curate.record import WORKING
from curate.store import Version
from curate.store.catalog import reading, table_of

_AT_ONCE: Final = 1000
_JSON: Final = ("labels.", "meta.")


class Example(NamedTuple):
    """A text of a record, and what is right about it."""

    id: bytes
    text: str
    label: str


class Asked(NamedTuple):
    """What of a version is attacked, and how."""

    field: str
    label: str | None
    """`labels.NAME` or `meta.NAME`; None takes the answers of the classifier for right."""
    limit: int
    seed: int = 0
    protect: bool = True
    """Whether code, URLs, numbers, names and the like must stay."""


class Outcome(NamedTuple):
    """What became of records."""

    examples: tuple[Example, ...]
    attacked: tuple[Attacked, ...]
    report: AttackReport
    unknown: Mapping[str, int]
    """Labels of records that the classifier does not have, and how many each: left out."""


def attack(
    version: Version,
    recipe: AttackRecipe,
    target: Target,
    asked: Asked,
    budget: Budget,
    progress: Progress,
) -> Outcome:
    """Attack a classifier with the records of a version or split whose ids have the lowest MD5.

    Raises UsageError for what is no field or label, RefusedError where no record has both, or no
    label is one of the classifier.
    """
    _check(asked)
    examples, unknown = _examples(version, asked, target)
    attacker = Attacker(recipe, target, budget)
    progress.stage("attack", len(examples))
    found = []
    for one in examples:
        kept = protected(one.text) if asked.protect else ()
        found.append(attacker.attack(one.text, one.label, _seed(one, asked.seed), kept))
        progress.advance(1)
    places = [target.labels.index(one.label) for one in examples]
    return Outcome(tuple(examples), tuple(found), report(found, places), unknown)


def _seed(one: Example, seed: int) -> int:
    drawn = hashlib.sha256(b"curate.attack.1" + seed.to_bytes(8, "little", signed=True) + one.id)
    return int.from_bytes(drawn.digest()[:4], "little")


def _check(asked: Asked) -> None:
    if not can_be_judged(asked.field):
        right = "Name one text of a record, such as prompt, response or text"
        raise UsageError("--field", f"{asked.field!r} is no such field", right)
    if asked.label is not None and not asked.label.startswith(_JSON):
        right = "Name what records have as their label, such as labels.intent"
        raise UsageError("--label", f"{asked.label!r} is no label of records", right)


def _examples(
    version: Version, asked: Asked, target: Target
) -> tuple[list[Example], dict[str, int]]:
    found: list[Example] = []
    unknown: dict[str, int] = {}
    texts = 0
    for batch in _batches(version):
        rows = _rows(batch, asked, target)
        texts += sum(one.text != "" for one in rows)
        for one in rows:
            if not one.text or one.label == NONE:
                continue
            if one.label in target.labels:
                found.append(one)
            else:
                unknown[one.label] = unknown.get(one.label, 0) + 1
            if len(found) == asked.limit:
                return found, unknown
    if not found:
        raise _nothing(version, asked, target, texts, unknown)
    return found, unknown


def _nothing(
    version: Version, asked: Asked, target: Target, texts: int, unknown: Mapping[str, int]
) -> RefusedError:
    if not texts:
        right = "Say --field FIELD, of a field that they have"
        return RefusedError(version.ref, f"no record has a {asked.field}", right)
    if not unknown:
        right = "Say --label labels.NAME, or leave it out"
        return RefusedError(version.ref, f"no record has {asked.label}", right)
    found = f"its {asked.label} are {', '.join(list(unknown)[:5])}"
    right = f"The labels of the classifier are {', '.join(target.labels[:20])}"
    return RefusedError(version.ref, found, right)


def _batches(version: Version) -> Iterator[pa.RecordBatch]:
    """Members in the order of the MD5 of their ids, those whose content is stored."""
    with reading(version.folder) as connection:
        members = table_of(
            connection, f"SELECT * FROM ({version.members_sql()}) ORDER BY md5(id), copy"
        )
    for start in range(0, len(members), _AT_ONCE):
        rows = members.slice(start, _AT_ONCE).to_pylist()
        contents = version.payloads([row["hash"] for row in rows])
        whole = [contents[row["hash"]] | row for row in rows if row["hash"] in contents]
        yield pa.RecordBatch.from_pylist(whole, schema=WORKING)


def _rows(batch: pa.RecordBatch, asked: Asked, target: Target) -> list[Example]:
    texts = [text or "" for text in field_texts(batch, asked.field).to_pylist()]
    if asked.label is None:
        at = target.probabilities(texts).argmax(axis=1).tolist()
        labels: list[Any] = [target.labels[place] for place in at]
    else:
        labels = Slicing(asked.label, asked.field).of(batch).to_pylist()
    ids = batch.column("id").to_pylist()
    return [Example(*one) for one in zip(ids, texts, labels, strict=True)]

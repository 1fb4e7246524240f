"""Each pack against a slow reading of its paper, rule by rule, values and all."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.record import batch_of
from curate.rulepacks import Judge, pack_bytes, parse_pack
from curate.rulepacks.line_judge import LineJudge
from curate.rulepacks.locked import evaluate
from tests.rules.odd_texts import ODD, PAGES, TEXTS, examples
from tests.rules.reference import c4, dolma, fineweb, gopher, gopher_repetition, refinedweb
from tests.rules.reference.edited import Edited
from tests.rules.reference.reading import CURATE, FINEWEB, GOPHER, REPETITION, Choices, Reading

Readings = Mapping[str, Reading]

NOT_READ = ("not-english",)
"""Rules that ask a model, and have no reading."""

LISTS = {"bad-words": c4.BAD_WORDS}

PACKS: dict[str, tuple[Readings, Choices]] = {
    "gopher": (gopher.READINGS, CURATE),
    "gopher@datatrove": (gopher.READINGS, frozenset(GOPHER)),
    "gopher-repetition": (gopher_repetition.READINGS, CURATE),
    "gopher-repetition@datatrove": (gopher_repetition.DATATROVES, frozenset(REPETITION)),
    "gopher-repetition@dolma": (dolma.REPETITION, CURATE),
    "dolma": (dolma.READINGS, CURATE),
    "fineweb": (fineweb.READINGS, CURATE),
    "fineweb@datatrove": (fineweb.DATATROVES, frozenset(FINEWEB)),
    "c4": (c4.READINGS, CURATE),
    "c4@datatrove": (c4.DATATROVES, CURATE),
}
EDITS: dict[str, Callable[[str], Edited]] = {
    "c4": c4.clean,
    "dolma": dolma.without_open_lines,
    "refinedweb": refinedweb.correct,
}

EVERY_PACK = pytest.mark.parametrize("name", PACKS)

BATCH = 1000

STRIDE = 55
"""One in so many prompts of T0 is read, 1,004 of them: all would take ten minutes."""


@cache
def judge_of(name: str) -> Judge:
    """A pack made ready, without what has no reading."""
    pack = parse_pack(pack_bytes(name))
    left_out = [rule.id for rule in pack.rules if rule.id in NOT_READ]
    return Judge(pack, "text", disable=left_out, lists=LISTS)


def differences(name: str, texts: Sequence[str]) -> Iterator[str]:
    """Where a pack and its reading do not say the same of a text."""
    readings, choices = PACKS[name]
    judge = judge_of(name)
    predicates = judge.predicates["text"]
    patterns = judge.patterns.get("text", [])
    known = {each.rule.id for each in predicates} | {each.rule.id for each in patterns}
    assert known == set(readings)
    for first in range(0, len(texts), BATCH):
        part = texts[first : first + BATCH]
        records = [{"text": text, "labels": "{}", "meta": "{}"} for text in part]
        judged = judge.judged(batch_of(records))
        failed = set(
            zip(*(judged.failures[key].to_pylist() for key in ("row", "rule")), strict=True)
        )
        [measured] = judged.measured
        values = evaluate([each.value.sql for each in predicates], measured.signals)
        for pattern in patterns:
            reading = readings[pattern.rule.id]
            for row, text in enumerate(part):
                if ((row, pattern.rule.id) in failed) != reading.fails(text, choices):
                    yield f"{pattern.rule.id}: {text[:200]!r}"
        for column, each in enumerate(predicates):
            reading = readings[each.rule.id]
            for row, (text, value) in enumerate(
                zip(part, values.column(column).to_pylist(), strict=True)
            ):
                wanted = reading.measure(text, choices)
                drops = wanted is not None and reading.drops(wanted, choices)
                if value != wanted or ((row, each.rule.id) in failed) != drops:
                    yield f"{each.rule.id}: {value} is {wanted}, {drops}: {text[:200]!r}"


def edits(name: str, texts: Sequence[str]) -> Iterator[Edited]:
    """What the rules of a pack on lines make of texts."""
    answer = line_judge_of(name).edit(pa.array(texts, pa.string()))
    assert answer.rules is not None
    assert answer.failures is not None
    drops: dict[int, set[str]] = {}
    for failure in answer.failures.to_pylist():
        drops.setdefault(failure["row"], set()).add(failure["rule"])
    for row, made in enumerate(answer.texts.to_pylist()):
        yield Edited(made, frozenset(answer.rules[row]), frozenset(drops.get(row, ())))


@cache
def line_judge_of(name: str) -> LineJudge:
    """The rules on lines of a pack made ready."""
    return LineJudge(parse_pack(pack_bytes(name)))


def edits_differ(name: str, texts: Sequence[str]) -> Iterator[str]:
    """Where the rules of a pack on lines and their reading make other texts, or of other causes."""
    for text, found in zip(texts, edits(name, texts), strict=True):
        wanted = EDITS[name](text)
        if found != wanted:
            yield f"{found} is {wanted}: {text[:200]!r}"


def datatrove_edits_differ(texts: Sequence[str]) -> Iterator[str]:
    """The same of `c4@datatrove`, but for the white space at the ends of lines."""
    for text, found in zip(texts, edits("c4@datatrove", texts), strict=True):
        wanted, drops = c4.clean_as_datatrove(text, lambda text: text.split("\n"))
        left = "\n".join(line.strip() for line in found.text.split("\n")).strip()
        if found.drops != drops or (not drops and left != wanted):
            yield f"{found} is {wanted}, {drops}: {text[:200]!r}"


@EVERY_PACK
def test_a_pack_says_of_odd_texts_what_its_paper_says(name: str) -> None:
    assert list(differences(name, ODD)) == []


@EVERY_PACK
def test_a_pack_says_of_all_examples_what_its_paper_says(name: str) -> None:
    short = [text for text in examples() if len(text) < 10_000]
    assert list(differences(name, short)) == []


@EVERY_PACK
@given(st.lists(TEXTS, min_size=8, max_size=40))
@settings(max_examples=25, deadline=None)
def test_a_pack_says_of_any_text_what_its_paper_says(name: str, texts: list[str]) -> None:
    assert list(differences(name, texts)) == []


EVERY_EDIT = pytest.mark.parametrize("name", EDITS)


@EVERY_EDIT
def test_rules_on_lines_leave_of_odd_texts_what_their_paper_leaves(name: str) -> None:
    short = [text for text in examples() if len(text) < 10_000]
    assert list(edits_differ(name, [*ODD, *short])) == []
    assert list(datatrove_edits_differ([*ODD, *short])) == []


@EVERY_EDIT
@given(st.lists(TEXTS | PAGES, min_size=8, max_size=40))
@settings(max_examples=25, deadline=None)
def test_rules_on_lines_leave_of_any_text_what_their_paper_leaves(
    name: str, texts: list[str]
) -> None:
    assert list(edits_differ(name, texts)) == []
    assert list(datatrove_edits_differ(texts)) == []


@pytest.fixture(scope="module")
def real_texts(shared_data: Path) -> list[str]:
    """The prompts of T0 and the pages of C4."""
    with gzip.open(shared_data / "sft/t0_50k.jsonl.gz", "rt", encoding="utf-8") as file:
        prompts = [json.loads(line)["prompt"] for line in file]
    pages = (shared_data / "formats/c4_demo.jsonl").read_text(encoding="utf-8").splitlines()
    return [*(json.loads(page)["text"] for page in pages), *prompts[::STRIDE]]


@EVERY_PACK
def test_a_pack_says_of_real_texts_what_its_paper_says(name: str, real_texts: list[str]) -> None:
    assert list(differences(name, real_texts)) == []


@EVERY_EDIT
def test_rules_on_lines_leave_of_real_texts_what_their_paper_leaves(
    name: str, real_texts: list[str]
) -> None:
    assert list(edits_differ(name, real_texts)) == []
    assert list(datatrove_edits_differ(real_texts)) == []

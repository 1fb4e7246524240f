"""GSM8K, planted in every way that the rule must see through, and real data without it."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.contamination.check import Check
from curate.contamination.rule import RULES
from curate.readers import read, resolve
from curate.recipe.source import Source
from tests.contamination.suites import asked, checked, places, suite


def batches(path: Path) -> list[pa.RecordBatch]:
    source = Source(path=str(path))
    return [
        found.records
        for file in resolve(source, path.parent)
        for found in read(file, source, 9_000)
    ]


def questions(path: Path) -> list[str]:
    return [
        turns[0]["content"] for batch in batches(path) for turns in batch["messages"].to_pylist()
    ]


@pytest.fixture(scope="module")
def gsm8k(shared_data_of_module: Path) -> list[str]:
    return questions(shared_data_of_module / "benchmarks" / "gsm8k_test.jsonl.gz")


@pytest.fixture(scope="module")
def shared_data_of_module() -> Path:
    folder = Path(__file__).parents[2].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no shared data beside this checkout")
    return folder


def spaced(text: str) -> str:
    return "\n\n".join(text.upper().replace(" ", "  ").split("  "))


def truncated(text: str) -> str:
    words = text.split()
    return " ".join(words[: len(words) * 3 // 5 + 1])


def inside(text: str) -> str:
    lead = (
        "You are a careful teacher of mathematics. Think step by step, then answer.\n\nQuestion: "
    )
    return f"{lead}{text}\n\nGive the number alone, on a line of its own, behind four hash signs."


@pytest.mark.parametrize("changed", [str, spaced, truncated, inside])
def test_every_planted_question_is_found(gsm8k: list[str], changed: Any) -> None:
    instances = suite(*(asked(place, [text]) for place, text in enumerate(gsm8k)))
    records = [asked(9_000 + place, [changed(text)]) for place, text in enumerate(gsm8k)]
    assert places(checked(records, instances)) == list(range(9_000, 9_000 + len(gsm8k)))


def test_the_training_questions_of_gsm8k_are_not_taken_for_its_test(
    gsm8k: list[str], shared_data_of_module: Path
) -> None:
    train = questions(shared_data_of_module / "benchmarks" / "gsm8k_train.jsonl.gz")
    instances = suite(*(asked(place, [text]) for place, text in enumerate(gsm8k)))
    records = [asked(9_000 + place, [text]) for place, text in enumerate(train)]
    assert len(checked(records, instances).worst) == 3


def grams(text: str) -> set[tuple[str, ...]]:
    """The 13-grams of a text, by another definition of words."""
    words = ["".join(filter(str.isalnum, word)) for word in text.lower().split()]
    words = [word for word in words if word]
    return {tuple(words[at : at + 13]) for at in range(len(words) - 12)}


def test_real_prompts_share_no_sequence_with_gsm8k(
    gsm8k: list[str], shared_data_of_module: Path
) -> None:
    """Plain Python looks for them too, so that an empty answer is no fault of the index."""
    known = set().union(*map(grams, gsm8k))
    t0 = shared_data_of_module / "sft" / "t0_50k.jsonl.gz"
    assert not any(known & grams(text) for text in questions(t0))
    instances = suite(*(asked(place, [text]) for place, text in enumerate(gsm8k)))
    check = Check.of([instances], RULES["gpt3"], True, 0)
    for batch in batches(t0):
        assert check.facts(batch)["questions"].null_count == len(batch)

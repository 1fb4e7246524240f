"""The pack `offensive-words`: names of groups of people are no offence, and prompts are let be."""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from curate.operators.rules import Rules
from curate.record import WORKING, batch_of

GROUPS = (
    *("gay", "lesbian", "queer", "bisexual", "trans", "straight", "black", "white", "Asian"),
    *("Mexican", "American", "Muslim", "Jewish", "Christian", "Roma", "deaf", "blind", "old"),
)


def found(texts: Sequence[str]) -> list[str]:
    """The rules that texts fail."""
    step = Rules.model_validate({"pack": "offensive-words", "field": "text"})
    batch = batch_of([{"text": text} for text in texts], WORKING)
    return [row["rule"] for row in step.judge(batch).to_pylist()]


@pytest.mark.parametrize("sentence", ["I am {}.", "You are {}.", "We all hate to be called {}."])
def test_no_name_of_a_group_of_people_is_an_offence(sentence: str) -> None:
    assert found([sentence.format(group) for group in GROUPS]) == []


def test_letter_case_and_ends_of_words_decide_alike() -> None:
    assert found(["BULLSHIT!", "you ARE such an Idiot", "I'll kill you."]) == [
        *("vulgar", "insult", "threat"),
    ]
    assert found(["mishit", "you are idiomatic", "I'll kill your process"]) == []


def test_a_rude_question_with_a_calm_answer_stays() -> None:
    step = Rules.model_validate({"pack": "offensive-words"})
    asked, said = "You are an idiot, go kill yourself.", "I am sorry that it did not work."
    talks = [
        {"messages": [{"role": "user", "content": a}, {"role": "assistant", "content": b}]}
        for a, b in ((asked, said), (said, asked))
    ]
    batch = batch_of([{**talk, "prompt_turns": 1} for talk in talks], WORKING)
    failures = step.judge(batch).to_pylist()
    assert {(row["row"], row["rule"]) for row in failures} == {
        (1, "insult"),
        (1, "self-harm-urged"),
    }


def test_no_template_sentence_that_is_not_toxic_is_found(shared_data: Path) -> None:
    file = shared_data / "toxicity" / "bias_madlibs_77k.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        texts = [row["Text"] for row in csv.DictReader(lines) if row["Label"] == "NOT_BAD"]
    assert len(texts) > 38_000
    assert found(texts) == []

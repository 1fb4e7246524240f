"""Held-out prompts that the model learned an answer to are told before a training."""

from pathlib import Path
from typing import Any

import pytest

from curate.progress import Silent
from curate.store import Run, Store
from curate.store.runs import makers
from tests.train.conftest import CONVERSATIONS, PAIRS, Maker
from tests.train.test_training import Trained, trained

__all__ = ["trained"]


class Notes(Silent):
    """Keeps what is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def note(self, text: str) -> None:
        self.told.append(text)

    def of_prompts(self) -> list[str]:
        return [line for line in self.told if "prompts of" in line]


def answers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The chosen answers of pairs, each before another question that is answered too."""
    more = CONVERSATIONS[0]["messages"][:2]
    return [{"messages": [*row["prompt"], *row["chosen"], *more]} for row in rows]


@pytest.fixture
def held_out(dataset: Maker) -> str:
    return dataset("pairs-held-out", PAIRS, "[{split: {eval: 0.4, by: prompt}}]")


def test_prompts_that_an_earlier_training_answered_are_told(
    trained: Trained, dataset: Maker, held_out: str, store: Store, tmp_path: Path
) -> None:
    sft = dataset("answers", answers(PAIRS))
    # The first step has a rate of 0: models of one step would be equal, and made by either run.
    first = trained(sft, to="sft", learning_rate=0.01, max_steps=2)
    notes = Notes()
    values = trained(held_out, "dpo", to="dpo", on=tmp_path / "sft", progress=notes, max_steps=1)
    number = store.version(f"{held_out}:eval").count()
    assert number > 1
    assert notes.of_prompts() == [
        f"run {first['run']} learned answers to {number} of the {number} prompts of "
        f"{held_out}:eval from {sft}:train: scores on it are too good; `exclude_prompts` drops "
        "them there"
    ]
    seen = {"run": first["run"], "data": f"{sft}:train", "prompts": number}
    assert values["held_out"] == {
        "data": f"{held_out}:eval",
        "prompts": number,
        "seen": [seen],
    }


def test_nothing_is_told_once_they_are_excluded(
    trained: Trained, dataset: Maker, held_out: str, tmp_path: Path
) -> None:
    steps = f'[{{exclude_prompts: "{held_out}:eval"}}]'
    sft = dataset("answers-apart", answers(PAIRS), steps)
    trained(sft, to="sft", learning_rate=0.01, max_steps=2)
    notes = Notes()
    values = trained(held_out, "dpo", to="dpo", on=tmp_path / "sft", progress=notes, max_steps=1)
    assert notes.of_prompts() == []
    assert values["held_out"]["seen"] == []


def test_a_split_that_parts_equal_prompts_is_told(trained: Trained, dataset: Maker) -> None:
    twice = [*PAIRS, *({**row, "rejected": row["rejected"] * 2} for row in PAIRS)]
    ref = dataset("pairs-parted", twice, "[{split: {eval: 0.5, by: id}}]")
    notes = Notes()
    trained(ref, "dpo", progress=notes, max_steps=1)
    (told,) = notes.of_prompts()
    assert told.startswith("this training learns answers to ")
    assert told.endswith("see `split: {by: prompt}`")


def test_the_makers_of_a_model_are_followed_to_the_first() -> None:
    def run(name: str, start: str, end: str | None, kind: Any = "train") -> Run:
        given = {"method": "sft", "dataset": "a", "version": 1, "snapshot": "", "split": "train"}
        return Run(
            run=name,
            kind=kind,
            model="m",
            model_hash=start,
            output="",
            records=1,
            output_hash=end,
            **given,  # type: ignore[arg-type]
        )

    runs = [
        run("1", "base", "one"),
        run("2", "one", "two"),
        run("3", "base", "other"),
        run("4", "two", None, "eval"),
        run("5", "loop", "loop"),
    ]
    assert [one.run for one in makers(["two"], runs)] == ["1", "2"]
    assert [one.run for one in makers(["two", "other"], runs)] == ["1", "2", "3"]
    assert [one.run for one in makers(["loop"], runs)] == ["5"]
    assert makers(["base"], runs) == []

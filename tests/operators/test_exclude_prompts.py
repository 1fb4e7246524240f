"""Prompts that one dataset keeps for its evaluation stand in no other."""

from pathlib import Path
from typing import Any

import pytest

from curate.errors import NotFoundError
from curate.operators.exclude_prompts import ExcludePrompts
from tests.conftest import Workbench

LONG = " ".join(f"word{n}" for n in range(30))


def answer(n: int, prompt: str) -> dict[str, Any]:
    return {"n": f"a{n}", "prompt": prompt, "response": f"Answer {n}."}


def pair(n: int, prompt: str) -> dict[str, Any]:
    return {"n": f"p{n}", "prompt": prompt, "chosen": f"Good {n}.", "rejected": f"Bad {n}."}


@pytest.fixture
def preferences(bench: Workbench) -> Workbench:
    """A dataset `preferences` with the splits train and eval, and the source `answers`."""
    rows = [pair(n, f"What is thing {n} of them?") for n in range(40)]
    bench.write([*rows, pair(40, LONG)], "pairs/rows.jsonl")
    source = "{path: pairs, name: pairs, key: n}"
    steps = "  - split: {eval: 0.4, by: prompt}\n"
    bench.build(bench.recipe(steps, source, dataset="preferences"))
    bench.write([answer(n, f"what is  THING {n} of them?") for n in range(60)], "answers/a.jsonl")
    return bench


def built(bench: Workbench, step: str, **options: Any) -> Any:
    source = "{path: answers, name: answers, key: n}"
    return bench.build(bench.recipe(f"  - {step}\n", source, dataset="sft"), **options).version


def prompts(version: Any) -> set[str]:
    turns = [turn for batch in version.batches(["messages"]) for turn in batch[0].to_pylist()]
    return {" ".join(one[0]["content"].lower().split()) for one in turns}


def certificate(version: Any) -> dict[str, Any]:
    (told,) = [one for one in version.certificates if one["kind"] == "prompts-apart"]
    return dict(told)


def test_no_prompt_of_the_named_split_is_left(preferences: Workbench) -> None:
    held_out = prompts(preferences.store.version("preferences:eval"))
    version = built(preferences, "exclude_prompts: preferences:eval")
    assert not prompts(version) & held_out
    assert prompts(version) & prompts(preferences.store.version("preferences:train"))
    told = certificate(version)
    assert told["holds"]
    assert told["equal"] == 60 - version.records > 5
    assert [(one["name"], one["prompts"]) for one in told["against"]] == [
        ("preferences:eval", len(held_out))
    ]
    notes = version.manifest["notes"]["exclude_prompts"]
    assert notes[0].startswith(f"{told['equal']:,} records have a prompt of preferences:eval (")


def test_a_drop_names_the_record_that_has_the_prompt(preferences: Workbench) -> None:
    version = built(preferences, "exclude_prompts: preferences:eval")
    ids = set(preferences.store.version("preferences:eval").members()["id"].to_pylist())
    rows = version.ledger().to_pylist()
    assert {row["rule"] for row in rows} == {"excluded-prompt"}
    assert {row["of"] for row in rows} <= ids


def test_several_answers_to_one_prompt_stay(preferences: Workbench) -> None:
    rows = [answer(n, "What else is there to say?") for n in range(5)]
    preferences.write(rows, "answers/a.jsonl")
    assert built(preferences, "exclude_prompts: preferences:eval").records == 5


def test_prompts_nearly_equal_go_with_their_similarity(preferences: Workbench) -> None:
    rows = [answer(1, f"{LONG} more"), answer(2, f"{LONG} more of other words"), answer(3, "Hi")]
    preferences.write(rows, "answers/a.jsonl")
    version = built(preferences, "exclude_prompts: preferences@1")
    told = version.ledger().to_pylist()
    assert {row["rule"] for row in told} == {"excluded-prompt-near"}
    values = sorted((row["value"], row["limit"]) for row in told)
    assert values == [("0.8667", "0.8"), ("0.963", "0.8")]
    assert certificate(version)["near"] == 2
    strict = built(preferences, "exclude_prompts: {against: [preferences@1], threshold: 0.9}")
    assert strict.records == 2


def test_a_conversation_goes_for_a_prompt_that_it_answers_on_the_way(
    preferences: Workbench,
) -> None:
    held_out = sorted(prompts(preferences.store.version("preferences:eval")))[0]
    turns = [("user", held_out), ("assistant", "Yes."), ("user", "And then?"), ("assistant", "No.")]
    messages = [{"role": role, "content": text} for role, text in turns]
    untrained = [messages[0], messages[1] | {"train": False}, *messages[2:]]
    rows = [{"n": "1", "messages": messages}, {"n": "2", "messages": untrained}]
    preferences.write(rows, "answers/a.jsonl")
    version = built(preferences, "exclude_prompts: preferences:eval")
    assert version.records == 1
    assert certificate(version)["holds"]


def test_files_can_be_named_too(preferences: Workbench) -> None:
    preferences.write([pair(0, "What is thing 3 of them?")], "held/out.jsonl")
    version = built(preferences, "exclude_prompts: held/out.jsonl")
    assert version.records == 59


@pytest.mark.parametrize("options", [{"batch_size": 7}, {"workers": 2, "batch_size": 20}])
def test_how_a_build_is_cut_changes_nothing(
    preferences: Workbench, options: dict[str, Any]
) -> None:
    step = "exclude_prompts: preferences@1"
    once = built(preferences, step)
    source = "{path: answers, name: answers, key: n}"
    text = preferences.recipe(f"  - {step}\n", source, dataset="again")
    again = preferences.build(text, **options).version
    assert again is not None
    assert again.snapshot == once.snapshot


def test_a_new_version_of_the_other_dataset_builds_anew(preferences: Workbench) -> None:
    step = "exclude_prompts: preferences"
    assert built(preferences, step).records == 20
    preferences.write([pair(50, "What is thing 50 of them?")], "pairs/more.jsonl")
    source = "{path: pairs, name: pairs, key: n}"
    preferences.build(preferences.recipe("", source, dataset="preferences"))
    assert built(preferences, step).records == 19


def test_why_tells_whose_prompt_it_is(preferences: Workbench) -> None:
    from click.testing import CliRunner

    from curate.cli import curate

    version = built(preferences, "exclude_prompts: preferences:eval")
    row = version.ledger().to_pylist()[0]
    asked = ["why", row["id"].hex(), "--store", str(preferences.folder / "store")]
    result = CliRunner().invoke(curate, asked)
    assert f"prompt of {row['of'].hex()[:12]}" in result.stdout, result.output
    assert "kept instead" not in result.stdout


def test_a_dataset_that_is_not_there_is_told(preferences: Workbench) -> None:
    with pytest.raises(NotFoundError, match=r"step exclude_prompts: against: 'preferenses'"):
        built(preferences, "exclude_prompts: preferenses")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"against": []}, "at least 1 item"),
        ({"against": ["a", "a"]}, "'a' stands there twice"),
        ({"against": ["a"], "threshold": 0}, "greater than or equal to 0.1"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ExcludePrompts.model_validate(settings)


def test_real_prompts_are_kept_apart(bench: Workbench, shared_data: Path) -> None:
    from curate.history.leaks import leaks
    from curate.progress import Silent

    source = f"{{path: {shared_data / 'preference/harmless-base-test.jsonl.gz'}, name: hh}}"
    pairs = bench.build(bench.recipe("  - split: {eval: 0.2, by: id}\n", source, dataset="hh"))
    text = bench.recipe("  - exclude_prompts: hh:eval\n", source, dataset="sft")
    version = bench.build(text).version
    assert version is not None
    assert pairs.version is not None
    held_out = bench.store.version("hh:eval")
    assert (
        len(leaks(held_out, pairs.version.with_split("train"), 0.8, Silent()).found["prompt"]) > 0
    )
    assert not leaks(held_out, version, 0.8, Silent()).found["prompt"]

"""Augmentation: chosen by a hash, protected, and gated."""

from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest

from curate.augmenting.protecting import protected
from curate.errors import CurateError
from curate.operators.augment import Augment
from curate.recipe import parse_recipe
from curate.synthetic import marked
from tests.augmenting.texts import hostile_texts
from tests.operators.conftest import Working

PROMPT = "how do i reset the old device in the kitchen when it says error"


def asked(number: int, prompt: str = "", answer: str = "", **rest: Any) -> dict[str, Any]:
    prompt = prompt or f"{PROMPT} number {number}"
    answer = answer or "Hold the button for ten seconds."
    turns = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    return {"messages": turns, "prompt_turns": 1, "source": "calls", **rest}


def prompts(contents: pa.RecordBatch) -> list[str]:
    return [turns[0]["content"] for turns in contents.column("messages").to_pylist()]


def augment(**settings: Any) -> Augment:
    return Augment.model_validate({"with": "RandomWordAug", "language": False, **settings})


def failed(operator: Augment, batch: pa.RecordBatch, seed: int = 7) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for row in operator.expand(batch, seed).failures.to_pylist():
        found.setdefault(row["rule"], set()).add(row["row"])
    return found


def test_only_the_chosen_fields_are_reworded(working: Working) -> None:
    batch = working(*(asked(n) for n in range(20)))
    made = augment().expand(batch, 7)
    before, after = (one.column("messages").to_pylist() for one in (batch, made.contents))
    assert [turns[1] for turns in before] == [turns[1] for turns in after]
    roles = [[[turn["role"] for turn in turns] for turns in each] for each in (before, after)]
    assert roles[0] == roles[1]
    assert sum(one[0] != other[0] for one, other in zip(before, after, strict=True)) > 15
    answers = augment(fields=["response"]).expand(batch, 7).contents
    assert prompts(answers) == prompts(batch)
    assert answers.column("messages").to_pylist() != before


def test_what_the_answer_says_stays_in_the_question(working: Working) -> None:
    said = ["oak", "the old oak tree", "a red fox"]
    rows = [
        asked(n, f"which of these grows in the {said[n % 3]} of the garden {n}", said[n % 3])
        for n in range(60)
    ]
    rows += [
        asked(n, "was it the lamp or the chair that broke", "x", labels='{"answer": "lamp"}')
        for n in range(60)
    ]
    made = augment(times=2, **{"with": {"RandomWordAug": {"action": "delete"}}})
    for number, prompt in enumerate(prompts(made.expand(working(*rows), 7).contents)):
        place = number % 120
        assert (said[place % 3] if place < 60 else "lamp") in prompt


def test_a_copy_of_the_question_elsewhere_in_the_record_keeps_nothing(working: Working) -> None:
    rows = [asked(n) for n in range(20)]
    for row in rows:
        row["meta"] = orjson.dumps({"question": row["messages"][0]["content"]}).decode()
    batch = working(*rows)
    changed = zip(prompts(batch), prompts(augment().expand(batch, 7).contents), strict=True)
    assert sum(old != new for old, new in changed) > 15


def test_a_share_is_kept_when_data_grows(working: Working) -> None:
    few, many = ([asked(n) for n in range(count)] for count in (200, 600))
    for settings in ({"share": 0.3}, {"by": "source", "slices": {"calls": 0.3}}):
        rows = [set(augment(**settings).expand(working(*each), 7).parents) for each in (few, many)]
        assert {row for row in rows[1] if row < 200} == rows[0]
        assert 120 < len(rows[1]) < 240
    assert set(augment(share=0.3).expand(working(*few), 8).parents) != rows[0]
    more = set(augment(share=0.5).expand(working(*few), 7).parents)
    assert more > rows[0]


def test_slices_have_shares_of_their_own(working: Working) -> None:
    topics = ["billing", "returns", "other"]
    rows = [asked(n, labels=orjson.dumps({"topic": topics[n % 3]}).decode()) for n in range(300)]
    chosen = augment(by="labels.topic", slices={"billing": 1, "returns": 0.5}).expand(
        working(*rows), 7
    )
    counts = [sum(row % 3 == place for row in chosen.parents) for place in range(3)]
    assert counts[0] == 100
    assert 30 < counts[1] < 70
    assert counts[2] == 0


def test_what_is_synthetic_is_not_reworded_again(working: Working) -> None:
    made = augment().expand(working(asked(1, meta=marked(None, "KeyboardAug", bytes(16)))), 7)
    assert len(made.contents) == 0


def test_each_augmenter_makes_candidates_of_its_own(working: Working) -> None:
    batch = working(*(asked(n) for n in range(10)))
    alone = augment(times=3).expand(batch, 7)
    both = augment(times=3, **{"with": ["RandomWordAug", {"RandomCharAug": {}}]}).expand(batch, 7)

    def texts(made: Any, maker: str) -> dict[tuple[int, int], str]:
        rows = zip(made.parents, made.ordinals, prompts(made.contents), made.makers, strict=True)
        return {(row, ordinal): text for row, ordinal, text, own in rows if own == maker}

    assert texts(alone, "RandomWordAug") == texts(both, "RandomWordAug")
    assert len(texts(both, "RandomCharAug")) == 30


def test_a_wording_that_is_too_short_or_too_long_fails(working: Working) -> None:
    batch = working(asked(1, "alpha beta", "x"), asked(2))
    deleting = {"with": {"RandomWordAug": {"action": "delete", "aug_p": 0.9, "aug_max": 99}}}
    made = augment(**deleting).expand(batch, 7)
    lengths = [len(text) for text in prompts(made.contents)]
    ratios = [new / len(old) for new, old in zip(lengths, prompts(batch), strict=True)]
    short = {row for row, ratio in enumerate(ratios) if ratio < 0.5}
    assert short
    assert failed(augment(**deleting), batch) == {"length_ratio": short}
    row = next(one for one in made.failures.to_pylist() if one["row"] in short)
    assert (float(row["value"]), row["limit"]) == (round(ratios[row["row"]], 4), "[0.5,2.0]")
    assert failed(augment(length_ratio=(0.0, 2.0), **deleting), batch) == {}


def test_a_wording_that_fails_a_rule_fails(working: Working, tmp_path: Path) -> None:
    pack = tmp_path / "own.yaml"
    pack.write_text(
        "pack: own\nversion: 1\nwhat: Own.\nrules:\n  - id: few-words\n    what: Few words.\n"
        "    why: A test.\n    where: words < limit\n    limit: 12\n    good: ['"
        + "word " * 20
        + "']\n    bad: ['no']\n"
    )
    deleting: dict[str, Any] = {"with": {"RandomWordAug": {"action": "delete"}}}
    operator = augment(rules={"pack": str(pack)}, **deleting)
    batch = working(*(asked(n) for n in range(30)))
    made = operator.expand(batch, 7)
    few = {row for row, text in enumerate(prompts(made.contents)) if len(text.split()) < 12}
    assert few
    assert failed(operator, batch) == {"few-words": few}
    assert {row["limit"] for row in made.failures.to_pylist()} == {"12"}
    # What a record fails itself is no fault of its wordings.
    short = working(*(asked(n, "how do i reset the old device") for n in range(30)))
    assert "few-words" not in failed(operator, short)


@pytest.mark.parametrize("maker", ["RandomWordAug", "RandomCharAug", "RandomSentAug"])
def test_a_thousand_hostile_texts_never_raise_and_what_is_protected_stays(
    maker: str, working: Working
) -> None:
    texts = hostile_texts()
    batch = working(*({"text": text, "source": "pages"} for text in texts))
    made = augment(**{"with": maker}).expand(batch, 7)
    assert len(made.contents) == len(texts) == 1000
    for old, new in zip(texts, made.contents.column("text").to_pylist(), strict=True):
        place = 0
        for start, end in protected(old):
            place = new.index(old[start:end], place) + end - start


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("augment", "with: missing"),
        ("augment: {with: KeybordAug}", "did you mean 'KeyboardAug'"),
        ("augment: {with: {RandomWordAug: {aug_q: 1}}}", "aug_q"),
        ("augment: {with: [RandomWordAug, RandomWordAug]}", "stands twice"),
        ("augment: {with: RandomWordAug, fields: usr}", "no field"),
        ("augment: {with: RandomWordAug, share: 1.5}", "share"),
        ("augment: {with: RandomWordAug, share: 0.5, slices: {a: 1}}", "one of `share`"),
        ("augment: {with: RandomWordAug, length_ratio: [1.5, 2]}", "leaves nothing"),
        ("augment: {with: RandomWordAug, protect: [urls]}", "url"),
        ("augment: {with: RandomWordAug, by: ref}", "ref"),
        ("augment: {with: RandomWordAug, label: {model: none.bin}}", "none.bin"),
        ("augment: {with: RandomWordAug, similarity: {model: none}}", "at_least"),
        ("augment: {with: RandomWordAug, rules: chatt}", "chat"),
    ],
)
def test_wrong_settings_are_told(steps: str, told: str, tmp_path: Path) -> None:
    text = f"dataset: a\nsources: [{{path: a}}]\nsteps:\n  - {steps}\n"
    with pytest.raises(CurateError) as error:
        parse_recipe(text, tmp_path / "recipe.yaml")
    assert told.lower() in str(error.value).lower()

"""Near-duplicates are dropped for the record that is kept, and nothing else is."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from curate.neardup import Banding, finding
from curate.operators.near_dedup import NearDedup
from tests.operators.conftest import Working
from tests.operators.selecting import select

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "neardup"

STORY = (
    "the night train left the station at nine and the lights of the town went out one by one while "
    "the conductor walked from carriage to carriage asking everybody quietly for their tickets"
)
OTHER = STORY.replace("quietly", "politely")


def chat(prompt: str, answer: str, **more: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    return {"messages": turns, "prompt_turns": 1, **more}


def pair(prompt: str, chosen: str, rejected: str) -> dict[str, Any]:
    return chat(prompt, chosen, rejected=[{"role": "assistant", "content": rejected}])


def dropped(operator: NearDedup, batch: pa.RecordBatch) -> dict[int, int]:
    """The place of each record that is dropped, and of the one that stands for it."""
    rows = select(operator, [batch])
    assert all(row["action"] == "drop" and row["limit"] == str(operator.threshold) for row in rows)
    return {_place(row["id"]): _place(row["of"]) for row in rows}


def _place(id_: bytes) -> int:
    return int.from_bytes(id_, "big")


def test_a_drop_says_for_which_record_and_how_similar_they_are(working: Working) -> None:
    batch = working({"text": STORY}, {"text": OTHER + " again"}, {"text": "something else"})
    (row,) = select(NearDedup(threshold=0.6), [batch])
    assert (_place(row["id"]), _place(row["of"])) == (0, 1)
    assert (row["rule"], row["limit"]) == ("near-duplicate", "0.6")
    # Four sequences of five words have the fourth word from the end; one more has the last.
    count = len(STORY.split()) - 4
    shared = count - 4
    assert json.loads(row["value"]) == round(shared / (2 * count + 1 - shared), 4)


def test_an_answer_is_never_compared_with_a_prompt(working: Working) -> None:
    batch = working(chat(STORY, "yes"), chat("yes", STORY), chat(STORY, "yes"))
    assert dropped(NearDedup(), batch) == {2: 0}


def test_a_pair_with_its_endings_exchanged_is_no_duplicate(working: Working) -> None:
    other = "nobody knows " + " ".join(reversed(STORY.split()))
    batch = working(
        pair("tell me", STORY, other), pair("tell me", other, STORY), pair("tell me", STORY, other)
    )
    assert dropped(NearDedup(), batch) == {2: 0}
    assert dropped(NearDedup(fields=("prompt",)), batch) == {1: 0, 2: 0}
    assert dropped(NearDedup(fields=("prompt", "chosen")), batch) == {2: 0}


def test_reasoning_and_system_turns_and_tool_calls_count(working: Working) -> None:
    def said(**more: Any) -> dict[str, Any]:
        record = chat("add two and two", "it is four")
        record["messages"][1] |= more
        return record

    persona = chat("add two and two", "it is four")
    persona["messages"].insert(0, {"role": "system", "content": STORY})
    batch = working(
        said(), said(reasoning=STORY), said(tool_calls=json.dumps([STORY[:99]])), persona, said()
    )
    assert set(dropped(NearDedup(keep="lowest-id"), batch)) == {4}


def test_case_white_space_and_punctuation_at_edges_make_no_difference(working: Working) -> None:
    batch = working({"text": STORY}, {"text": STORY.upper().replace(" ", ",\n\t") + "!"})
    assert dropped(NearDedup(threshold=1.0, keep="lowest-id"), batch) == {1: 0}


def test_records_without_words_are_nobodys_duplicates(working: Working) -> None:
    batch = working({"text": ""}, {"text": ""}, {"text": "..."}, {"text": "!"}, {})
    assert dropped(NearDedup(), batch) == {}


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ("longest", 1),
        ("shortest", 2),
        ("lowest-id", 0),
        ({"signal": "words", "field": "response"}, 1),
        ({"signal": "words", "highest": False}, 2),
        ({"sources": ["good", "fair"]}, 2),
        ({"sources": ["nowhere"]}, 0),
        ({"signal": "words", "field": "rejected"}, 0),
    ],
)
def test_which_record_is_kept_is_a_setting(working: Working, keep: Any, kept: int) -> None:
    batch = working(
        chat("a story", STORY, source="bad"),
        chat("a story", STORY + " please thank you", source="fair"),
        chat("a story", STORY.rsplit(" ", 2)[0], source="good"),
    )
    found = dropped(NearDedup(keep=keep, threshold=0.7), batch)
    assert found == {place: kept for place in range(3) if place != kept}


def test_what_only_others_connect_has_a_rule_of_its_own(working: Working) -> None:
    words = [f"w{number}" for number in range(30)]
    batch = working(*({"text": " ".join(words[start : start + 20])} for start in (0, 1, 2, 3)))
    settings: dict[str, Any] = {"ngram": 1, "keep": "lowest-id"}
    rows = select(NearDedup(**settings, chaining=True, threshold=0.9), [batch])
    rules = {_place(row["id"]): (row["rule"], json.loads(row["value"])) for row in rows}
    assert rules == {
        1: ("near-duplicate", round(19 / 21, 4)),
        2: ("near-duplicate-chained", round(18 / 22, 4)),
        3: ("near-duplicate-chained", round(17 / 23, 4)),
    }
    assert dropped(NearDedup(**settings, threshold=0.9), batch) == {1: 0, 3: 2}


def test_records_of_a_reference_stand_for_what_is_like_them(working: Working) -> None:
    others = working({"text": STORY, "id": b"r" * 16}, {"text": OTHER, "id": b"s" * 16})
    batch = working({"text": STORY + " and more than that"}, {"text": OTHER}, {"text": "else"})
    rows = select(NearDedup(threshold=0.6, compared=("other.jsonl",)), [batch], others=[others])
    assert [(_place(row["id"]), row["of"]) for row in rows] == [(0, b"r" * 16), (1, b"s" * 16)]
    assert NearDedup.model_validate({"against": "other.jsonl"}).against() == ("other.jsonl",)


def test_bands_and_records_one_after_the_other_give_the_same(
    working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{STORY} {number % 9} {number % 4}" for number in range(40)]
    batch = working(*({"text": text} for text in texts))
    expected = select(NearDedup(), [batch])
    assert len(expected) > 20
    monkeypatch.setattr(finding, "ROWS_AT_ONCE", 7)
    assert select(NearDedup(), [batch.slice(20), batch.slice(0, 20)]) == expected


def test_facts_are_taken_again_only_where_a_setting_changes_them() -> None:
    def key(**settings: Any) -> str:
        return NearDedup(**settings).facts_fingerprint()

    assert key() == key(chaining=True, boilerplate=0.5, against=("x",), threshold=0.801)
    assert key(keep={"signal": "words"}) == key(keep={"signal": "words", "highest": False})
    different = [
        key(),
        key(threshold=0.9),
        key(ngram=4),
        key(unit="characters"),
        key(keep="shortest"),
    ]
    different += [key(fields=("prompt",)), key(keep={"signal": "words"}), key(recall=0.9)]
    assert len(set(different)) == len(different)


def test_notes_say_how_surely_pairs_are_found() -> None:
    (note,) = NearDedup(threshold=0.9).notes(None)  # type: ignore[arg-type]
    assert note == (
        "11 bands of 10 MinHash values find 99.1% of the pairs at a similarity of 0.9, and half of "
        "those at 0.76; each is verified exactly"
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"fields": ["promt"]}, "'promt' is no field"),
        ({"fields": ["all", "text"]}, "`all` stands alone"),
        ({"fields": []}, "at least one field"),
        ({"keep": {"signal": "wrds"}}, "did you mean 'words'"),
        ({"keep": {"signal": "language"}}, "ordered by a number"),
        ({"keep": {"signal": "words", "field": "respose"}}, "did you mean 'response'"),
        ({"keep": {"sources": []}}, "at least 1 item"),
        ({"threshold": 0}, "greater than or equal to 0.1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        NearDedup(**settings)


# Faults of published tools (each in the default settings of the tool that is named).


def test_a_threshold_of_090_finds_99_of_100_pairs_at_090_and_not_31_as_in_distilabel() -> None:
    assert Banding(bands=5, rows=25).probability(0.9) == pytest.approx(0.311, abs=0.001)
    assert NearDedup(threshold=0.9).banding.probability(0.9) >= 0.99


def test_the_default_finds_99_of_100_pairs_at_080_and_not_68_as_in_nemo_curator() -> None:
    assert Banding(bands=20, rows=13).probability(0.8) == pytest.approx(0.677, abs=0.001)
    assert NearDedup().banding.probability(0.8) >= 0.99


def test_records_that_share_a_band_are_not_dropped_unverified_as_in_soup(
    working: Working,
) -> None:
    """Pairs at 0.7 share a band with a probability of 0.88, and none is dropped at 0.8."""
    texts = []
    for number in range(100):
        common = [f"w{number}x{word}" for word in range(70)]
        texts += [
            " ".join([*common, *(f"{side}{number}y{word}" for word in range(15))]) for side in "ab"
        ]
    operator = NearDedup(ngram=1)
    batch = working(*({"text": text} for text in texts))
    bands = [
        column
        for name, column in zip(
            operator.facts(batch, 0).schema.names, operator.facts(batch, 0).columns, strict=True
        )
        if name.startswith("b")
    ]
    share = sum(
        any(column[row].as_py() == column[row + 1].as_py() for column in bands)
        for row in range(0, 200, 2)
    )
    assert share > 70
    assert dropped(operator, batch) == {}


# Real data, where it is at hand.


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return path


def test_the_ten_plagiarised_articles_are_found_and_no_other(working: Working) -> None:
    with gzip.open(shared("articles_1000.txt.gz"), "rt") as file:
        named = [line.rstrip("\n").split(" ", 1) for line in file]
    truth = {
        frozenset(line.split()) for line in shared("articles_1000.truth").read_text().splitlines()
    }
    assert len(truth) == 10
    names = [name for name, _ in named]
    batch = working(*({"text": text} for _, text in named))
    for threshold in (0.3, 0.8, 0.95):
        found = dropped(NearDedup(threshold=threshold), batch)
        assert {frozenset((names[one], names[of])) for one, of in found.items()} == truth


def toolformer(name: str, working: Working) -> pa.RecordBatch:
    with gzip.open(shared(name), "rt") as file:
        rows = json.load(file)
    return working(
        *(chat(f"{row['instruction']}\n{row['input']}".strip(), row["response"]) for row in rows)
    )


def largest(found: dict[int, int]) -> int:
    return max(Counter(found.values()).values())


@pytest.mark.parametrize("chaining", [False, True])
def test_long_prefixes_do_not_glue_toolformer_together(working: Working, chaining: bool) -> None:
    batch = toolformer("toolformer_7673.json.gz", working)
    glued = dropped(NearDedup(chaining=chaining, boilerplate=0), batch)
    found = dropped(NearDedup(chaining=chaining), batch)
    assert largest(glued) > (150 if chaining else 15)
    assert largest(found) <= 5
    assert 100 < len(found) < 200 < len(glued)

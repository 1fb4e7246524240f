"""Versions of the store as sources: records stay who they are."""

import re
from collections import Counter
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from curate.decision import Span
from curate.errors import NotFoundError
from curate.history.difference import diff
from curate.operator import Edited, Leak, ScrubOperator
from curate.recipe.problem import RecipeProblemsError
from curate.upkeep.forget import forget
from curate.upkeep.holders import Asked
from tests.conftest import Workbench, tickets

SOURCE = (
    "{path: data, name: tickets, key: ticket, license: mit, "
    "map: {prompt: prompt, response: response, labels: {topic: topic}}}"
)
MASKED = re.compile(r"device number \d+")


class MaskDevices(ScrubOperator):
    """Masks what the prompts of the tickets name."""

    name: ClassVar[str] = "mask_devices"
    version: ClassVar[int] = 1

    def edit(self, texts: pa.StringArray) -> Edited:
        """Mask them."""
        listed = [text or "" for text in texts.to_pylist()]
        spans = [
            [Span(m.start(), m.end(), 1, "devices") for m in MASKED.finditer(text)]
            for text in listed
        ]
        edited = pa.array([MASKED.sub("#", text) for text in listed], pa.string())
        return Edited(edited, spans=spans)

    def leaks(self, texts: pa.StringArray, known: frozenset[str]) -> list[Leak]:
        """What is left."""
        found = enumerate(texts.to_pylist())
        return [Leak(row, "device", "#") for row, text in found if MASKED.search(text or "")]


@pytest.fixture
def stored(bench: Workbench) -> Workbench:
    """`support@1` with train and eval, and `code@1`."""
    rows = [{**row, "topic": "ab"[n % 2]} for n, row in enumerate(tickets(40))]
    bench.write(rows)
    bench.build(bench.recipe(source=SOURCE))
    bench.write([{"q": f"code {n}", "a": f"x = {n}"} for n in range(30)], "code/c.jsonl")
    bench.build(bench.recipe("", "{path: code, name: code, map: {prompt: q, response: a}}", "code"))
    return bench


def mixture(*refs: str, steps: str = " []\n", dataset: str = "blend") -> str:
    listed = "".join(f"  - {ref if ref.startswith('{') else f'ref: {ref}'}\n" for ref in refs)
    return f"dataset: {dataset}\nsources:\n{listed}steps:{steps}seed: 3\n"


def rows_of(version: Any) -> list[dict[str, Any]]:
    return [row for batch in version.batches() for row in batch.to_pylist()]


def test_a_version_as_the_only_source_has_the_same_snapshot(stored: Workbench) -> None:
    built = stored.build(mixture("support@1"))
    assert built.outcome.snapshot == stored.store.version("support@1").snapshot


def test_records_keep_id_content_source_place_and_split(stored: Workbench) -> None:
    version = stored.build(mixture("support@1", "code")).version
    before = [*rows_of(stored.store.version("support")), *rows_of(stored.store.version("code"))]
    assert rows_of(version) == sorted(before, key=lambda row: row["id"])


def test_one_split_of_a_version_can_be_a_source(stored: Workbench) -> None:
    version = stored.build(mixture("support@1:eval")).version
    assert version is not None
    assert version.splits() == {"eval": stored.store.version("support@1:eval").count()}


def test_a_record_of_two_versions_stands_once_as_the_first_has_it(stored: Workbench) -> None:
    rows = [{**row, "topic": "c"} for row in tickets(40)]
    stored.write(rows)
    second = stored.build(stored.recipe(source=SOURCE)).version
    assert second is not None
    built = stored.build(mixture("support@1", "support@2", "{ref: 'support@1:train', name: t}"))
    assert built.version is not None
    assert built.outcome.snapshot == stored.store.version("support@1").snapshot
    told = Counter(row["rule"] for row in built.version.ledger().to_pylist())
    assert told == {"repeated-id": second.count() + stored.store.version("support@1:train").count()}
    keys = [(row["id"], row["copy"]) for row in built.version.ledger().to_pylist()]
    assert len(set(keys)) == len(keys)
    assert {copy for _, copy in keys} == {1, 2}
    (read,) = built.outcome.counts
    assert read["in"] == read["kept"] + read["dropped"]
    assert "source support@2: 38 of its 38 records are of a source before" in " ".join(
        built.outcome.warnings
    )


def test_copies_of_a_version_stay_copies(stored: Workbench) -> None:
    step = "\n  - mix: {by: source, weights: {code: 1}, repeats: 3, total: 75}\n"
    first = stored.build(mixture("code", steps=step, dataset="thrice")).version
    again = stored.build(mixture("thrice")).version
    assert first is not None and again is not None
    assert again.snapshot == first.snapshot
    assert again.records == 75


def test_nothing_new_makes_no_version_and_a_newer_one_does(stored: Workbench) -> None:
    text = mixture("support", "code")
    assert stored.build(text).is_new
    assert not stored.build(text).is_new
    stored.write([{"q": "code 99", "a": "x = 99"}], "code/more.jsonl")
    stored.build(
        stored.recipe("", "{path: code, name: code, map: {prompt: q, response: a}}", "code")
    )
    built = stored.build(text)
    assert built.is_new
    assert built.version is not None
    assert [one["file"] for one in built.version.inputs] == ["support@1", "code@2"]
    found = diff(stored.store.version("blend@1"), built.version)
    (cause,) = found.causes
    assert (cause.change, cause.number) == ("added", 1)
    assert "code@2 added" in cause.why


@pytest.mark.parametrize("options", [{"workers": 2}, {"batch_size": 3}, {"fuse": False}])
def test_how_a_build_is_cut_changes_nothing(stored: Workbench, options: dict[str, Any]) -> None:
    steps = "\n  - repair\n  - mix: {by: ref, weights: {support@1: 1, code@1: 1}}\n"
    text = mixture("support@1", "code@1", steps=steps)
    snapshot = stored.build(text, dry_run=True).outcome.snapshot
    assert stored.build(text, **options).outcome.snapshot == snapshot


def test_a_limit_takes_the_first_records_of_each_version(stored: Workbench) -> None:
    version = stored.build(mixture("support", "code"), limit=5).version
    assert version is not None
    assert Counter(version.members()["source"].to_pylist()) == {"tickets": 5, "code": 5}


def test_files_and_versions_are_mixed_by_ref(stored: Workbench) -> None:
    stored.write([{"prompt": f"new {n}", "response": "ok"} for n in range(9)], "new/n.jsonl")
    steps = "\n  - mix: {by: ref, weights: {fresh: 1, c: 2}}\n"
    sources = ("{ref: code@1, name: c}", "{path: new, name: fresh}")
    version = stored.build(mixture(*sources, steps=steps)).version
    assert version is not None
    assert Counter(version.members()["source"].to_pylist()) == {"fresh": 9, "code": 18}


def test_what_was_forgotten_is_in_no_later_mix(stored: Workbench) -> None:
    id_ = stored.store.version("support:train").members()["id"][0].as_py()
    forget(stored.store, Asked((id_.hex(),)), "request")
    version = stored.build(mixture("support@1")).version
    assert version is not None
    assert id_ not in version.members()["id"].to_pylist()
    assert version.records == stored.store.version("support@1").records - 1
    (row,) = version.ledger().to_pylist()
    assert (row["id"], row["rule"], row["before"]) == (id_, "erased", None)


def test_forgetting_a_record_reaches_mixes(stored: Workbench) -> None:
    stored.build(mixture("support@1"))
    id_ = stored.store.version("support:train").members()["id"][0].as_py()
    erased = forget(stored.store, Asked((id_.hex(),)), "request")
    assert id_ not in [row["id"] for row in rows_of(stored.store.version("blend"))]
    assert "blend@1" in str(erased)


def test_what_a_recipe_scrubs_is_scrubbed_of_versions_too(
    stored: Workbench, registry: None
) -> None:
    steps = "\n  - repair\n  - mask_devices\n"
    built = stored.build(mixture("support@1", steps=steps))
    assert built.version is not None
    prompts = [row["messages"][0]["content"] for row in rows_of(built.version)]
    assert not any(MASKED.search(prompt) for prompt in prompts)
    edits = [row for row in built.version.ledger().to_pylist() if row["action"] == "edit"]
    assert {row["step"] for row in edits} == {"mask_devices"}
    assert {row["before"] for row in edits} == {None}
    assert stored.build(mixture("support@1", steps=steps), workers=2).is_new is False


def test_all_versions_that_are_not_there_are_told_at_once(stored: Workbench) -> None:
    with pytest.raises(NotFoundError) as raised:
        stored.build(mixture("suport", "code@9", "support:evl"))
    told = str(raised.value)
    assert "'suport'" in told and "Did you mean 'support'?" in told
    assert "code has no version 9" in told
    assert "no split 'evl'" in told


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{ref: code, key: n}", "sources[0].key: got 'n' under an unknown setting"),
        ("{ref: 3}", "sources[0].ref: got 3"),
        ("{ref: code, path: data}", "sources[0].path: got 'data' under an unknown setting"),
    ],
)
def test_what_a_version_cannot_be_told_is_refused(
    stored: Workbench, source: str, words: str
) -> None:
    with pytest.raises(RecipeProblemsError, match=re.escape(words)):
        stored.build(mixture(source))


def test_slices_by_ref_are_refused_where_no_fact_says_them(stored: Workbench) -> None:
    step = "\n  - select: {top: 0.5, by: '0 - response_characters', per: ref}\n"
    with pytest.raises(RecipeProblemsError):
        stored.build(mixture("code", steps=step))

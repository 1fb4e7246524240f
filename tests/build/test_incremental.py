"""Builds do only what is new, and write what a build from nothing writes."""

import json
import random
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.build import Built, tidy
from curate.errors import OperatorError
from curate.recipe import load_code
from curate.record import WORKING
from curate.store import Store
from tests.conftest import Workbench, tickets

OWN: Final = '''
import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from curate.decision import FAILURE
from curate.operator import Edited, EditOperator, RulesOperator
from curate.selection import SelectionOperator


def write(diary: str, lines: list[str]) -> None:
    with Path(diary).open("a") as file:
        file.writelines(json.dumps(line) + "\\n" for line in lines)


class Replace(EditOperator):
    """Replaces a word in prompts, and fails at another."""

    name: ClassVar[str] = "replace"
    version: ClassVar[int] = 1

    old: str
    new: str = ""
    fails_at: str = "\\0"
    diary: str = "/dev/null"

    def fields(self) -> Sequence[str]:
        return ("prompt",)

    def edit(self, texts: pa.StringArray) -> Edited:
        if pc.any(pc.match_substring(texts, self.fails_at)).as_py():
            raise ZeroDivisionError(self.fails_at)
        write(self.diary, texts.drop_null().to_pylist())
        return Edited(pc.replace_substring(texts, self.old, self.new))


class Without(RulesOperator):
    """Drops the prompts with a word."""

    name: ClassVar[str] = "without"
    version: ClassVar[int] = 1

    word: str
    diary: str = "/dev/null"

    def judge(self, batch: pa.RecordBatch) -> pa.Table:
        prompts = [turns[0]["content"] for turns in batch.column("messages").to_pylist()]
        write(self.diary, prompts)
        rows = [row for row, prompt in enumerate(prompts) if self.word in prompt]
        failures = [{"row": r, "rule": "word", "value": json.dumps(self.word)} for r in rows]
        return pa.Table.from_pylist(failures, FAILURE)


class First(SelectionOperator):
    """Keeps one record of each first word."""

    name: ClassVar[str] = "first"
    version: ClassVar[int] = 1

    diary: str = "/dev/null"

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        prompts = [turns[0]["content"] for turns in batch.column("messages").to_pylist()]
        write(self.diary, prompts)
        return pa.RecordBatch.from_pydict({"word": pa.array(prompts, pa.string())})

    def query(self, seed: int) -> str:
        return """SELECT id, copy, 'drop' AS action, 'twin' AS rule, first AS "of" FROM (
            SELECT *, min(id) OVER (PARTITION BY word) AS first FROM facts) WHERE id <> first"""
'''

SOURCE: Final = "{path: data, name: tickets, key: ticket}"
PLACES: Final = ["file", "line"]
"""A member that did not change keeps the place at which an earlier version read it."""


class Diary:
    """Operators that write down what they are given, each in a diary of its own."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.code = bench.folder / "own.py"
        self.code.write_text(OWN)
        load_code(self.code)

    def step(self, operator: str, own: str, **settings: str) -> str:
        listed = {"diary": str(self.bench.folder / f"{own}.jsonl"), "name": own, **settings}
        return f"  - {operator}: {json.dumps(listed)}\n"

    def build(self, *steps: str, **options: Any) -> Built:
        return self.bench.build(self.bench.recipe("".join(steps), SOURCE), **options)

    def read(self, diary: str) -> Counter[str]:
        """What an operator was given since the last call."""
        path = self.bench.folder / f"{diary}.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return Counter(map(json.loads, lines))


@pytest.fixture
def diary(bench: Workbench) -> Diary:
    return Diary(bench)


def prompts(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter(row["prompt"] for row in rows)


def test_operators_are_given_new_contents_only_and_each_once(diary: Diary) -> None:
    rows = tickets(40)
    twins = rows[5:9]
    steps = (
        diary.step("replace", "a", old="device", new="gadget"),
        diary.step("without", "b", word="number 7"),
        diary.step("first", "c"),
        diary.step("replace", "d", old="gadget", new="thing"),
    )
    diary.bench.write([*rows, *twins])
    diary.build(*steps, batch_size=7)
    assert diary.read("a") == prompts(rows)
    edited = Counter(prompt.replace("device", "gadget") for prompt in prompts(rows))
    assert diary.read("b") == edited
    gone = "How do I reset gadget number 7?"
    assert diary.read("c") == edited - Counter([gone]) + Counter(
        row["prompt"].replace("device", "gadget") for row in twins if row is not twins[2]
    )
    assert set(diary.read("d")) == set(edited) - {gone}
    new = rows[10] | {"ticket": "V-1", "prompt": "Is it on?"}
    diary.bench.write([*rows[1:], new, twins[0]])
    diary.build(*steps)
    for name in "abcd":
        assert diary.read(name) == Counter(["Is it on?"]), name


def test_a_changed_step_runs_on_all_and_those_after_it_on_what_arrives_changed(
    diary: Diary,
) -> None:
    rows = tickets(30)
    diary.bench.write(rows)
    words = {"a": "one", "b": "number 11?", "c": "two", "d": "number 12", "e": "number 13"}

    def steps(**changed: str) -> list[str]:
        now = words | changed
        return [
            diary.step("replace", "a", old=now["a"]),
            diary.step("replace", "b", old=now["b"], new="of mine?"),
            diary.step("replace", "c", old=now["c"]),
            diary.step("without", "d", word=now["d"]),
            diary.step("replace", "e", old=now["e"], new="of yours"),
        ]

    diary.build(*steps())
    for name in "abcde":
        assert len(diary.read(name)) in (29, 30)
    diary.build(*steps(b="number 14?"))
    assert not diary.read("a")
    assert diary.read("b") == prompts(rows)
    arriving = Counter(["How do I reset device number 11?", "How do I reset device of mine?"])
    assert [diary.read(name) for name in "cde"] == [arriving] * 3
    diary.build(*steps())
    assert not any(diary.read(name) for name in "abcde")


def test_a_new_name_of_a_step_computes_nothing_and_stands_in_the_ledger(diary: Diary) -> None:
    diary.bench.write(tickets(20))
    path = str(diary.bench.folder / "a.jsonl")
    first = diary.build(diary.step("without", "a", word="number 7"))
    diary.read("a")
    second = diary.build(diary.step("without", "z", word="number 7", diary=path))
    assert not diary.read("a")
    assert second.is_new
    ledgers = [built.version.ledger() for built in (first, second) if built.version]
    assert [set(ledger["step"].to_pylist()) for ledger in ledgers] == [{"a"}, {"z"}]
    assert ledgers[0].drop_columns(["step"]).equals(ledgers[1].drop_columns(["step"]))


def test_another_dataset_and_an_interrupted_or_dry_build_share_what_is_known(diary: Diary) -> None:
    rows = tickets(30)
    diary.bench.write(rows)
    steps = [diary.step("replace", "a", old="device", new="gadget")]
    failing = [*steps, diary.step("replace", "b", old="x", fails_at="number 25")]
    with pytest.raises(OperatorError, match="ZeroDivisionError"):
        diary.build(*failing, batch_size=10)
    assert diary.read("a") == prompts(rows)
    diary.build(*steps, dry_run=True)
    diary.bench.build(diary.bench.recipe(steps[0], SOURCE, dataset="another"))
    diary.build(*steps)
    assert not diary.read("a")


def test_a_build_with_nothing_new_says_so_and_runs_nothing(diary: Diary) -> None:
    diary.bench.write([*tickets(20), "{"])
    steps = [diary.step("replace", "a", old="device"), diary.step("first", "b")]
    first = diary.build(*steps)
    (diary.bench.store.folder / "cache").rename(diary.bench.folder / "elsewhere")
    again = diary.build(*steps, workers=2, batch_size=3)
    assert not again.is_new
    assert again.version is not None
    assert again.version.ref == "support@1"
    assert again.outcome.counts == first.outcome.counts
    assert again.outcome.warnings == first.outcome.warnings
    assert again.reused == ["read", "a", "b"]
    assert not list((diary.bench.store.folder / "cache").glob("read/*"))
    assert diary.build(*steps, limit=5).is_new


def test_a_damaged_cache_is_made_anew(diary: Diary) -> None:
    steps = [diary.step("replace", "a", old="device"), diary.step("first", "b")]
    diary.bench.write(tickets(30))
    diary.build(*steps)
    for change, path in enumerate(sorted((diary.bench.store.folder / "cache").rglob("*"))):
        if not path.is_file():
            continue
        size = path.stat().st_size
        path.write_bytes(path.read_bytes()[: size // 2])
        rows = tickets(30 + change + 1)
        diary.bench.write(rows)
        assert_as_from_nothing(diary, diary.build(*steps), rows, steps)


def test_contents_and_measured_values_leave_the_cache_when_they_are_stored(diary: Diary) -> None:
    diary.bench.write(tickets(30))
    steps = ["  - measure\n", diary.step("replace", "a", old="device"), "  - rules: chat\n"]
    diary.build(*steps, dry_run=True)
    cache = diary.bench.store.folder / "cache"
    kept = ["read/*/records/*", "steps/*/contents.arrow", "steps/*/signals.parquet"]
    kept += ["steps/*/texts.parquet", "steps/*/judged/*.parquet"]
    assert all(list(cache.glob(pattern)) for pattern in kept)
    diary.build(*steps)
    assert not any(list(cache.glob(pattern)) for pattern in kept)
    assert not list(cache.glob("work"))
    (texts,) = (file for file in diary.bench.store.files() if file.kind == "texts")
    assert texts.records == 2 * 30
    assert {len(pq.read_table(path)) for path in stored(diary.bench.store, "judged")} == {30}


def test_what_no_build_uses_any_more_is_dropped(diary: Diary) -> None:
    diary.bench.write(tickets(30))
    cache = diary.bench.store.folder / "cache"
    for number in range(8):
        word = f"number {number}"
        diary.build(diary.step("without", "a", word=word), diary.step("first", "b", name=word))
        if number % 2:
            with pytest.raises(OperatorError):
                diary.build(diary.step("replace", "c", old=word, fails_at="9"))
    assert len(list(cache.glob("steps/*"))) <= 6
    assert len(list(cache.glob("read/*"))) == 1


def test_many_small_memos_become_one(diary: Diary) -> None:
    rows = tickets(70)
    diary.bench.write(rows)
    steps = [diary.step("replace", "a", old="device"), diary.step("first", "b")]
    diary.build(*steps, batch_size=2)
    cache = diary.bench.store.folder / "cache"
    assert len(list(cache.glob("steps/*"))) == 1
    assert len(list(cache.glob("facts/*/*"))) == 1
    diary.read("a")
    diary.bench.write(rows[:-1])
    assert_as_from_nothing(diary, diary.build(*steps), rows[:-1], steps)
    assert not (diary.bench.folder / "a.jsonl").exists() or diary.read("a") == prompts(rows[:-1])


@pytest.mark.parametrize("deleted", [0, 1, 40])
def test_a_merge_of_facts_that_is_cut_off_counts_no_record_twice(
    diary: Diary, deleted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tickets(70)
    rows[1]["prompt"] = rows[0]["prompt"]
    diary.bench.write(rows)
    steps = [diary.step("first", "b")]

    def cut_off(paths: Iterable[Path]) -> None:
        for path in list(paths)[:deleted]:
            path.unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tidy, "_remove_all", cut_off)
        with pytest.raises(KeyboardInterrupt):
            diary.build(*steps, batch_size=1)
    cache = diary.bench.store.folder / "cache"
    assert len(list(cache.glob("facts/*/*.parquet"))) == 70 - deleted + 1
    diary.read("b")
    diary.bench.write(rows[:-1])
    assert_as_from_nothing(diary, diary.build(*steps), rows[:-1], steps)
    assert diary.read("b") == prompts(rows[:-1]), "the facts were kept: only the other store took"
    assert len(list(cache.glob("facts/*/*"))) == 1


def stored(store: Store, kind: str) -> list[Path]:
    return [store.folder / file.path for file in store.files() if file.kind == kind]


def assert_as_from_nothing(
    diary: Diary, built: Built, rows: list[Any], steps: list[str], files: int = 1
) -> None:
    """A version, and what it measured, are as another store has it that knows nothing."""
    fresh = Workbench(diary.bench.folder / f"fresh-{len(list(diary.bench.folder.iterdir()))}")
    write_in(fresh, rows, files)
    other = fresh.build(fresh.recipe("".join(steps), SOURCE))
    assert built.version is not None
    assert other.version is not None
    assert built.outcome.snapshot == other.outcome.snapshot
    for name in ("records", "dropped", "edited", "quarantined", "counts"):
        assert getattr(built.outcome, name) == getattr(other.outcome, name), name
    assert built.outcome.warnings == other.outcome.warnings
    for ours, theirs in (
        (built.version.ledger(), other.version.ledger()),
        (built.version.members(), other.version.members()),
    ):
        assert ours.drop_columns(PLACES).equals(theirs.drop_columns(PLACES))
    contents = [
        pa.Table.from_batches(each.batches(), WORKING) for each in (built.version, other.version)
    ]
    assert contents[0].drop_columns(PLACES).equals(contents[1].drop_columns(PLACES))
    for kind in ("signals", "texts", "judged", "segment"):
        assert rows_of(fresh.store, kind) <= rows_of(diary.bench.store, kind), kind


def rows_of(store: Store, kind: str) -> set[str]:
    return {repr(row) for path in stored(store, kind) for row in pq.read_table(path).to_pylist()}


def write_in(bench: Workbench, rows: list[Any], files: int) -> None:
    """Write the source in so many files, instead of those that are there."""
    for path in (bench.folder / "data").glob("*"):
        path.unlink()
    for number in range(files):
        bench.write(rows[number::files], f"data/{number}.jsonl")


def changed(choose: random.Random, rows: list[Any], number: int) -> list[Any]:
    """Remove, edit, repeat and add some rows."""
    rows = choose.sample(rows, len(rows) - choose.randrange(4))
    for place in choose.sample(range(len(rows)), 3):
        rows[place] = rows[place] | {"prompt": f"{rows[place]['prompt']} Now {number}?"}
    again = [row | {"ticket": f"A-{number}-{n}"} for n, row in enumerate(choose.sample(rows, 2))]
    new = tickets(60)[choose.randrange(30) :][:5]
    repeated = choose.sample(rows, choose.randrange(3))
    return [
        *rows,
        *again,
        *repeated,
        *(row | {"ticket": f"N-{number}-{row['ticket']}"} for row in new),
    ]


def some_steps(choose: random.Random) -> list[str]:
    """Some of many steps, in any order; some of them are equal but for their name."""
    candidates = [
        "repair",
        "rules: chat",
        "rules: {pack: chat, field: prompt, disable: [refusal]}",
        "rules: {pack: chat, limits: {empty-turn: 1}}",
        "measure",
        "measure: {signals: [words, open_fence], fields: [prompt]}",
        "exact_dedup",
        "exact_dedup: {fields: [prompt]}",
        "split: {eval: 0.3}",
        "first",
        *(f"replace: {{old: '{old}', new: '{new}'}}" for old, new in WORDS),
        *(f"without: {{word: '{word}'}}" for word in ("number 2", "5", "start", "7?")),
    ]
    return [f"  - {step}\n" for step in choose.choices(candidates, k=choose.randrange(1, 7))]


WORDS: Final = (("reset device", "start"), ("start", "set"), ("number 2", "no. 2"), ("1", ""))


@pytest.mark.parametrize("seed", range(3))
def test_any_history_of_inputs_and_recipes_ends_as_a_build_from_nothing(
    diary: Diary, seed: int
) -> None:
    choose = random.Random(seed)
    rows: list[Any] = tickets(40)
    steps = some_steps(choose)
    for number in range(5):
        if number == 0 or choose.random() < 0.7:
            rows = changed(choose, rows, number)
        if choose.random() < 0.7:
            steps = steps[: choose.randrange(len(steps) + 1)] + some_steps(choose)
        files = choose.choice([1, 1, 3])
        write_in(diary.bench, rows, files)
        options = {
            "batch_size": choose.choice([10, 1000]),
            "fuse": choose.random() < 0.7,
        }
        kind = choose.choice(["dry", "failing", "none", "none"])
        if kind == "dry":
            diary.build(*some_steps(choose), dry_run=True, **options)
        if kind == "failing":
            with suppress(OperatorError):
                diary.build(*steps, "  - replace: {old: z, fails_at: o}\n", **options)
        built = diary.build(*steps, **options)
        assert_as_from_nothing(diary, built, rows, steps, files)

"""What holds a record and what learned it."""

from datetime import datetime
from typing import Any

from curate.history.impact import impact, impact_of_version
from curate.history.lookup import find_record
from curate.store import Run, Version
from tests.conftest import Workbench
from tests.history.conftest import Make, ticket

TWINS = [ticket(key, "What is it?", "A clock that shows the time.") for key in ("d", "e")]


def run(bench: Workbench, name: str, version: Version, **more: Any) -> None:
    known: dict[str, Any] = {"split": "train", "model_hash": "base", "output_hash": None} | more
    split, base = known.pop("split"), known.pop("model_hash")
    of = (version.dataset, version.number, version.snapshot, split)
    model = ("model", base, f"runs/{name}", 3)
    started = datetime(2026, 1, 1)
    bench.store.record_run(Run(name, "train", "sft", *of, *model, started=started, **known))


def test_versions_tags_runs_heirs_and_scores_are_told(make: Make, bench: Workbench) -> None:
    first = make([ticket("a", "How are you?", "Fine.")])
    second = make([ticket("a", "How are you?", "Fine."), ticket("b", "?", "Yes.")])
    bench.store.tag("golden", "support@2")
    run(bench, "one", first, output_hash="made")
    run(bench, "two", second, model_hash="made")
    run(bench, "three", second, split="eval")
    with bench.store.commit() as connection:
        connection.execute(
            "INSERT INTO cat.base.evals VALUES ('two', 'gsm8k', 'exact', 0.5, 9, NULL)"
        )
    record = find_record(bench.store, "tickets.jsonl:1", [second])
    found = impact(bench.store, record, bench.store.versions())
    (held,) = found.held
    assert (held.versions, held.tags) == ((1, 2), ("golden",))
    assert held.snapshots == (first.snapshot, second.snapshot)
    assert [given.run.run for given in found.runs] == ["one", "two"]
    assert [heir.run for heir in found.runs[0].heirs] == ["two"]
    assert [(score.task, score.value) for score in found.runs[0].scores] == [("gsm8k", 0.5)]


def test_a_run_that_left_the_record_out_did_not_learn_it(make: Make, bench: Workbench) -> None:
    version = make([ticket("a", "How are you?", "Fine.")])
    record = find_record(bench.store, "tickets.jsonl:1", [version])
    run(bench, "long", version, excluded=[f"{record.hex()}:0"], output_hash="made")
    run(bench, "heir", version, model_hash="made", split="eval")
    (given,) = impact(bench.store, record, [version]).runs
    assert given.excluded
    assert given.heirs == ()


def test_a_twin_is_told_with_what_learned_it(make: Make, bench: Workbench) -> None:
    version = make(TWINS, "  - exact_dedup")
    run(bench, "one", version)
    (drop,) = (row for row in version.ledger().to_pylist() if row["action"] == "drop")
    dropped = impact(bench.store, drop["id"], [version])
    assert (dropped.held, dropped.runs) == ((), ())
    (keeper,) = dropped.kin
    assert (keeper.id, keeper.relation) == (drop["of"], "kept instead of it")
    assert [given.run.run for given in keeper.runs] == ["one"]
    (twin,) = impact(bench.store, drop["of"], [version]).kin
    assert (twin.id, twin.relation, twin.held) == (drop["id"], "twin dropped for it", ())


def test_a_version_is_asked_for_all_its_records(make: Make, bench: Workbench) -> None:
    version = make(TWINS)
    bench.store.tag("golden", version.ref)
    run(bench, "one", version)
    run(bench, "two", version, split="eval")
    held, runs = impact_of_version(bench.store, version)
    assert (held.versions, held.tags) == ((1,), ("golden",))
    assert [given.run.run for given in runs] == ["one", "two"]
    _, runs = impact_of_version(bench.store, version.with_split("train"))
    assert [given.run.run for given in runs] == ["one"]

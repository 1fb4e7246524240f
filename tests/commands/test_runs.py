import json

from curate.store import Run
from tests.commands.conftest import Call
from tests.conftest import Workbench


def record(told: Workbench, name: str) -> None:
    version = told.store.version("support@2")
    base = (version.dataset, version.number, version.snapshot, "train")
    metrics = {"loss": 0.5, "excluded": {"ab": "too long"}}
    told.store.record_run(
        Run(name, "train", "sft", *base, "tiny", "hash", "out", 3, metrics=metrics)
    )


def test_runs_are_listed_and_one_is_shown(call: Call, told: Workbench) -> None:
    assert "No runs yet" in call("runs").stdout
    record(told, "20260101-one")
    record(told, "20260102-two")
    assert [one["run"] for one in json.loads(call("runs", "--json").stdout)] == [
        "20260102-two",
        "20260101-one",
    ]
    assert "support@2:train" in call("runs", "support").stdout
    assert "0.5" in call("runs", "--run", "20260101").stdout
    assert json.loads(call("runs", "--run", "20260102", "--json").stdout)["metrics"]["loss"] == 0.5


def test_runs_of_an_unknown_dataset_are_not_found(call: Call) -> None:
    call("runs", "suport", code=5)


def test_an_ambiguous_run_is_a_usage_error_and_an_unknown_one_not_found(
    call: Call, told: Workbench
) -> None:
    record(told, "20260101-one")
    record(told, "20260102-two")
    call("runs", "--run", "2026", code=2)
    call("runs", "--run", "1999", code=5)

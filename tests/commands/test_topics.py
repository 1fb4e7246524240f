"""`curate topics` shows what a build gave, or makes topics of stored vectors."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from curate.build.scoring import score
from curate.cli import curate
from curate.errors import RefusedError, UsageError
from curate.recipe.step import written_steps
from tests.conftest import Workbench
from tests.operators.test_topics import SIZES, STEPS, build, rows, talks, told

__all__ = ["talks"]

pytest.importorskip("model2vec")
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def shown(bench: Workbench, *arguments: str) -> Result:
    return CliRunner().invoke(curate, ["topics", *arguments, "--store", str(bench.store.folder)])


def refused(bench: Workbench, *arguments: str) -> None:
    error = shown(bench, *arguments).exception
    assert error is not None
    raise error


def as_json(bench: Workbench, *arguments: str) -> Any:
    result = shown(bench, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_topics_of_a_build_are_shown_with_what_is_left_of_them(talks: Workbench) -> None:
    version = build(talks, STEPS + "  - balance: {by: topic, to: median}\n  - split: {eval: 0.3}\n")
    found = as_json(talks, "support", "--samples", "2")
    assert [one["name"] for one in found["topics"]] == [
        one["name"] for one in told(version)["topics"]
    ]
    assert [one["records"] for one in found["topics"]] == [25, 25, 15]
    assert found["is_stored"]
    assert found["made_by"] == "step topics"
    characters = sum(
        len(turn["content"])
        for batch in version.batches(["messages"])
        for turns in batch["messages"].to_pylist()
        for turn in turns
    )
    assert sum(one["characters"] for one in found["topics"]) == characters
    assert sum(one["share"] for one in found["topics"]) == pytest.approx(1)
    for one in found["topics"]:
        assert len(one["samples"]) == 2
        assert all(
            each["messages"][0]["content"].split()[0] in one["words"] for each in one["samples"]
        )
    aside = as_json(talks, "support:eval")
    assert sum(one["records"] for one in aside["topics"]) == version.splits()["eval"]
    text = shown(talks, "support", "--samples", "1").output
    assert f"1  {found['topics'][0]['name']}" in text
    assert "number" in text


def test_topics_made_now_are_those_that_the_step_would_give(talks: Workbench) -> None:
    version = build(talks, "  - embedding: emb\n")
    now = as_json(talks, "support", "--count", "3")
    assert not now["is_stored"]
    assert [one["records"] for one in now["topics"]] == list(SIZES)
    given = told(build(talks, STEPS))
    same = ("name", "words", "records", "silhouette", "stability")
    assert [{name: one[name] for name in same} for one in now["topics"]] == given["topics"]
    assert len(as_json(talks, version.ref)["topics"]) > 3


def test_vectors_that_were_measured_afterwards_do(talks: Workbench) -> None:
    version = build(talks, "  - repair\n")
    with pytest.raises(RefusedError, match="curate score support@1 'embedding: MODEL'"):
        refused(talks, "support")
    score(talks.store, version, written_steps([f"embedding: {talks.folder / 'emb'}"], Path()))
    assert [one["records"] for one in as_json(talks, "support", "--count", "3")["topics"]] == [
        *SIZES
    ]


def test_records_without_a_vector_are_counted(talks: Workbench) -> None:
    talks.write([*rows(), {"prompt": "unknown", "response": "words only"}])
    build(talks, STEPS)
    assert as_json(talks, "support")["without"] == 1
    assert as_json(talks, "support", "--count", "3")["without"] == 1
    assert "without a topic: 1" in shown(talks, "support").output


def test_which_of_several_topics_is_asked(talks: Workbench) -> None:
    build(talks, STEPS + "  - topics: {count: 2, signal: coarse}\n")
    with pytest.raises(UsageError, match="--signal NAME"):
        refused(talks, "support")
    assert len(as_json(talks, "support", "--signal", "coarse")["topics"]) == 2
    with pytest.raises(UsageError, match="Those of support@1: topic, coarse"):
        refused(talks, "support", "--signal", "x")

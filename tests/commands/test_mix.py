"""`curate mix`: versions of the store become a new one, with the recipe of it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from curate.cli import curate
from tests.conftest import Workbench

CODE = "{path: code, name: code, key: q, license: mit, map: {prompt: q, response: a}}"
CHAT = "{path: chat, name: chat, key: q, map: {prompt: q, response: a, labels: {topic: t}}}"


def rows(kind: str, first: int, last: int) -> list[dict[str, Any]]:
    made = range(first, last)
    return [{"q": f"{kind} {n}?", "a": "word " * (1 + n % 7) + str(n), "t": kind} for n in made]


def add(bench: Workbench, kind: str, source: str, first: int, last: int) -> None:
    bench.write(rows(kind, first, last), f"{kind}/{first}.jsonl")
    bench.build(bench.recipe("  - split: {eval: 0.1}\n", source, kind))


@pytest.fixture
def two(bench: Workbench) -> Workbench:
    """`chat@1` of 400 records and `code@1` of 100, each with a split for evaluation."""
    add(bench, "chat", CHAT, 0, 400)
    add(bench, "code", CODE, 0, 100)
    return bench


def run(bench: Workbench, *arguments: str, code: int = 0) -> Result:
    said = [*arguments, "--store", str(bench.store.folder)]
    result = CliRunner().invoke(curate, said)
    found = getattr(result.exception, "exit_code", result.exit_code)
    assert found == code, result.output + repr(result.exception)
    return result


def mixed(bench: Workbench, *arguments: str) -> Any:
    return json.loads(run(bench, "mix", *arguments, "--dataset", "blend", "--json").stdout)


def sources(bench: Workbench, ref: str = "blend") -> Counter[str]:
    return Counter(bench.store.version(ref).members()["source"].to_pylist())


def test_weights_are_met_and_told_by_ref(two: Workbench) -> None:
    told = mixed(two, "chat:train=3", "code@1:train", "--seed", "5")
    code = two.store.version("code:train").count()
    assert told["version"] == "blend@1"
    assert sources(two) == {"chat": 3 * code, "code": code}
    assert {one["name"]: one["got"] for one in told["slices"]} == {
        **{"chat@1:train": 3 * code, "code@1:train": code}
    }


def test_the_recipe_builds_the_same_version_again(two: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "blend.yaml"
    told = mixed(two, "chat:train=3", "code:train=1", "--unit", "characters", "--write", str(file))
    again = json.loads(run(two, "build", str(file), "--json").stdout)
    assert (again["version"], again["new"]) == ("blend@1", False)
    file.write_text(file.read_text().replace("dataset: blend", "dataset: other"))
    other = json.loads(run(two, "build", str(file), "--json").stdout)
    assert (other["version"], other["snapshot"]) == ("other@1", told["snapshot"])


def test_the_recipe_names_versions_by_number(two: Workbench) -> None:
    run(two, "tag", "good", "chat")
    told = mixed(two, "good:train=1", "code=1", "--floor", "code=0.4", "--cap", "good:train=50")
    assert "ref: chat@1:train" in told["recipe"]
    add(two, "code", CODE, 1000, 1100)
    assert two.store.version("blend").inputs[1]["file"] == "code@1"
    assert "code@1: 0.4" in told["recipe"]
    assert "chat@1:train: 50" in told["recipe"]


def test_without_weights_sizes_and_temperature_give_them(two: Workbench) -> None:
    told = mixed(two, "chat:train", "code:train", "--temperature", "1000", "--repeats", "5")
    got = [one["got"] for one in told["slices"]]
    assert max(got) / min(got) == pytest.approx(1, abs=0.02)
    assert "weights" not in told["recipe"]


def test_a_step_counts_the_unit(two: Workbench) -> None:
    from tests.train.tiny import make_tokenizer

    make_tokenizer().save_pretrained(two.folder / "tok")
    step = f"trained_tokens: {two.folder / 'tok'}"
    more = ("--unit", "trained_tokens", "--step", step)
    told = mixed(two, "chat:train=1", "code:train=1", *more)
    got = {one["name"]: one["got"] for one in told["slices"]}
    assert got["chat@1:train"] == pytest.approx(got["code@1:train"], rel=0.02)
    assert told["unit"] == "trained_tokens"


def test_what_is_set_aside_stays_aside(two: Workbench) -> None:
    mixed(two, "chat=1", "code=1")
    aside = {split: two.store.version(f"{split}:eval").count() for split in ("chat", "code")}
    assert sources(two, "blend:eval") == aside


def test_the_story_of_a_record_goes_on_in_the_mix(two: Workbench) -> None:
    mixed(two, "chat:train=1", "code:train=1")
    (row, *_) = two.store.version("blend").members().to_pylist()
    told = run(two, "why", row["id"].hex()).output
    assert f"{row['source']}@1  a member" in told
    assert "blend@1  a member" in told
    assert f"{row['file']}:{row['line']}" in told
    assert "blend@1" in run(two, "impact", row["id"].hex()).output
    run(two, "blame", row["id"].hex())
    run(two, "diff", f"{row['source']}@1", "blend@1")


@pytest.mark.parametrize("unit", ["records", "characters"])
def test_new_records_of_one_version_move_only_what_they_must(two: Workbench, unit: str) -> None:
    asked = ("code:train=1", "--unit", unit, "--total", "120", "--repeats", "2")
    mixed(two, "chat:train=2", *asked)
    before = set(two.store.version("blend").members()["id"].to_pylist())
    add(two, "chat", CHAT, 1000, 1004)
    mixed(two, "chat:train=2", *asked)
    after = set(two.store.version("blend").members()["id"].to_pylist())
    new = {
        row["id"] for row in two.store.version("chat").members().to_pylist() if row["line"] <= 4
    } - set(two.store.version("chat@1").members()["id"].to_pylist())
    came = len(after & new)
    # Of characters a new record may take the place of two shorter ones.
    assert len(before - after) <= (came if unit == "records" else 8 * came + 1)
    assert len(after - before - new) <= (0 if unit == "records" else 1)


def test_a_dry_run_shows_the_recipe_and_commits_nothing(two: Workbench) -> None:
    shown = run(two, "mix", "chat=1", "code=1", "--dataset", "blend", "--dry-run").stdout
    assert "blend (not committed)" in shown
    assert "  - ref: chat@1\n  - ref: code@1\n" in shown
    assert [one.ref for one in two.store.versions()] == ["chat@1", "code@1"]


def test_all_that_is_wrong_is_told_at_once(two: Workbench) -> None:
    wrong = ("chta=1", "code=x", "chat=-1", "chat@1=2", "chat:eval", "--floor", "kode=0.2")
    more = ("--ceiling", "code=2", "--cap", "code=0", "--temperature", "2")
    result = run(two, "mix", *wrong, *more, "--dataset", "My Blend", code=2)
    told = str(result.exception)
    for words in (
        "REF 'chta': no dataset, tag or snapshot of this name. Did you mean 'chat'?",
        "code=x: got 'x'; expected a weight of 0 or more",
        "chat=-1: got '-1'; expected a weight",
        "chat@1=2: names chat@1 a second time",
        "chat:eval: is set aside",
        "--floor kode=0.2: 'kode' is not in this mix; did you mean 'code'?",
        "--ceiling code=2: got '2'; expected a share between 0 and 1",
        "--cap code=0: got '0'; expected an amount above 0",
        "--temperature: makes weights of sizes",
        "--dataset: got 'My Blend'",
    ):
        assert words in told


def test_one_ref_that_is_not_there_is_not_found(two: Workbench) -> None:
    told = run(two, "mix", "chta=1", "code=1", "--dataset", "blend", code=5)
    assert "Did you mean 'chat'?" in str(told.exception)


def test_shares_that_cannot_be_had_name_what_is_missing(two: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    asked = ("chat:train=1", "code:train=1", "--total", "900", "--write", str(file))
    told = run(two, "mix", *asked, "--dataset", "blend", code=7)
    assert "code@1:train: 450 are asked for" in str(told.exception)
    assert not file.exists()


def test_another_recipe_is_not_written_over(two: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text("mine\n")
    run(two, "mix", "chat=1", "code=1", "--dataset", "blend", "--write", str(file), code=2)
    assert file.read_text() == "mine\n"
    assert len(two.store.versions()) == 2

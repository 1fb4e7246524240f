"""`curate augment`, and what other commands tell of synthetic records."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from curate.cli import curate
from tests.conftest import Workbench

WITH = ("--with", "RandomWordAug", "--set", "language=false")


def rows(count: int) -> list[dict[str, Any]]:
    said = "how do i reset the old device in the kitchen when it shows error number"
    return [{"ticket": n, "prompt": f"{said} {n}", "response": f"Press {n}."} for n in range(count)]


@pytest.fixture
def asked(bench: Workbench) -> Workbench:
    """`support@1`, of thirty records of which some are set aside."""
    bench.write(rows(30))
    bench.build(bench.recipe("  - split: {eval: 0.2, by: id}\n"))
    return bench


def run(bench: Workbench, *arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(curate, [*arguments, "--store", str(bench.store.folder)])
    found = getattr(result.exception, "exit_code", result.exit_code)
    assert found == code, result.output + repr(result.exception)
    return result


def told(bench: Workbench, *arguments: str) -> Any:
    return json.loads(run(bench, *arguments, "--json").stdout)


def test_a_version_is_augmented_by_a_recipe_that_builds_it_again(asked: Workbench) -> None:
    made = told(asked, "augment", "support", *WITH, "--set", "share=0.5", "--seed", "4")
    assert (made["version"], made["new"]) == ("support@2", True)
    version = asked.store.version("support@2")
    assert version.recipe_text == made["recipe"]
    assert "- ref: support@1" in made["recipe"]
    recipe = asked.folder / "derived.yaml"
    recipe.write_text(made["recipe"])
    again = told(asked, "build", str(recipe))
    assert (again["snapshot"], again["new"]) == (made["snapshot"], False)
    before = {
        row["id"]: row["hash"] for row in asked.store.version("support@1").members().to_pylist()
    }
    after = {row["id"]: row["hash"] for row in version.members().to_pylist()}
    assert after.items() > before.items()


def test_children_go_by_one_command_and_leave_no_trace(asked: Workbench) -> None:
    run(asked, "augment", "support", *WITH)
    assert asked.store.version("support").count() > 30
    gone = told(asked, "augment", "support", "--remove")
    first, last = (asked.store.version(ref) for ref in ("support@1", "support@3"))
    assert gone["snapshot"] == first.snapshot == last.snapshot
    assert told(asked, "show", "support@3", "--synthetic")["records"] == []


def test_a_build_leaves_a_step_out_and_tells_the_recipe(bench: Workbench) -> None:
    bench.write(rows(20))
    steps = "  - split: {eval: 0.2, by: id}\n  # wordings\n  - augment:\n"
    steps += "      with: RandomWordAug\n      language: false\n  - exact_dedup\n"
    recipe = bench.folder / "recipe.yaml"
    recipe.write_text(bench.recipe(steps))
    whole = told(bench, "build", str(recipe))
    less = told(bench, "build", str(recipe), "--without", "augment")
    assert whole["records"] > less["records"] == 20
    assert "augment" not in less["recipe"]
    assert "# wordings" in less["recipe"]
    assert bench.store.version("support@2").recipe_text == less["recipe"]
    recipe.write_text(bench.recipe("  - split: {eval: 0.2, by: id}\n  - exact_dedup\n"))
    assert told(bench, "build", str(recipe))["snapshot"] == less["snapshot"]
    wrong = run(bench, "build", str(recipe), "--without", "exact_dedub", code=2)
    assert "Did you mean 'exact_dedup'?" in str(wrong.exception)


def test_a_preview_shows_candidates_beside_their_parents_and_writes_nothing(
    asked: Workbench,
) -> None:
    files = {path: path.stat().st_mtime_ns for path in asked.store.folder.rglob("*")}
    shown = told(asked, "augment", "support", *WITH, "--set", "times=2", "--preview", "3")
    assert len(shown) == 3
    aside = asked.store.version("support:eval").members()["id"].to_pylist()
    assert not {one["id"] for one in shown} & {id_.hex() for id_ in aside}
    for one in shown:
        assert [each["ordinal"] for each in one["candidates"]] == [0, 1]
    text = run(asked, "augment", "support", *WITH, "--preview", "3").output
    assert "[-" in text
    assert "passes" in text
    strict = ("--set", "length_ratio=[1, 1.01]")
    assert (
        "rejected: length_ratio"
        in run(asked, "augment", "support", *WITH, *strict, "--preview", "1").output
    )
    assert {path: path.stat().st_mtime_ns for path in asked.store.folder.rglob("*")} == files
    # A build makes what the preview shows.
    made = told(asked, "augment", "support", *WITH, "--set", "times=2")
    contents = told(asked, "show", made["version"], "--synthetic")["records"]
    assert {one["id"] for one in shown} <= {each["parent"] for each in contents}


def test_synthetic_records_are_listed_with_their_parents_and_shares(asked: Workbench) -> None:
    run(asked, "augment", "support", *WITH)
    found = told(asked, "show", "support", "--synthetic")
    (share,) = found["shares"]
    assert (share["source"], share["split"], share["maker"]) == (
        "tickets",
        "train",
        "RandomWordAug",
    )
    assert share["synthetic"] == len(found["records"])
    assert share["records"] == asked.store.version("support:train").count()
    members = {one.hex() for one in asked.store.version("support").members()["id"].to_pylist()}
    assert {one["parent"] for one in found["records"]} <= members
    assert "RandomWordAug of " in run(asked, "show", "support", "--synthetic").output
    assert "No record was made" in run(asked, "show", "support@1", "--synthetic").output


def test_shares_of_synthetic_records_stand_in_reports(asked: Workbench, tmp_path: Path) -> None:
    built = run(asked, "augment", "support", *WITH).output
    made = len(told(asked, "show", "support", "--synthetic")["records"])
    whole = asked.store.version("support:train").count()
    assert f"synthetic of tickets, train: {made} of {whole}" in built
    assert f"synthetic of tickets, train: {made} of {whole}" in run(asked, "show", "support").output
    found = told(asked, "composition", "support", "support@1", "--by", "split")
    assert [one["synthetic"] for one in found["versions"]] == [made, 0]
    sizes = {one["name"]: one["sizes"] for one in found["ways"][0]["slices"]}
    assert [one["synthetic"] for one in sizes["train"]] == [made, 0]
    assert [one["synthetic"] for one in sizes["eval"]] == [0, 0]
    page = tmp_path / "page.html"
    text = run(asked, "composition", "support", "--html", str(page)).output
    assert f"{made} ({made / whole:.1%})" in text
    assert "meta.synthetic" in text
    assert f"{made} synthetic" in page.read_text()
    alone = run(asked, "composition", "support@1").output
    assert "synthetic" not in alone


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), "--with: missing"),
        (("--with", "RandomWordAug", "--set", "share"), "SETTING=VALUE"),
        (("--with", "RandomWordAug", "--set", "with=KeyboardAug"), "--with"),
        (("--with", "RandomWordAug", "--remove"), "--with"),
        (("--remove", "--preview", "2"), "--preview"),
        (("--with", "RandomWordAug", "--dataset", "A b"), "--dataset"),
    ],
)
def test_what_cannot_be_asked_is_told(
    arguments: tuple[str, ...], found: str, asked: Workbench
) -> None:
    result = run(asked, "augment", "support", *arguments, code=2)
    assert found in str(result.exception)


def test_a_wrong_augmenter_or_setting_is_told(asked: Workbench) -> None:
    wrong = run(asked, "augment", "support", "--with", "RandomWordAgu", code=3)
    assert "Did you mean 'RandomWordAug'?" in str(wrong.exception)
    wrong = run(asked, "augment", "support", *WITH, "--set", "shares=1", code=3)
    assert "did you mean 'share'?" in str(wrong.exception)
    run(asked, "augment", "nothing", *WITH, code=5)


def test_augmenters_and_their_settings_are_listed(bench: Workbench) -> None:
    known = {one["name"]: one for one in told(bench, "augment", "--list")["augmenters"]}
    assert known["SynonymAug"]["needs"].startswith("WordNet")
    assert "action" in [one["setting"] for one in known["RandomWordAug"]["settings"]]
    shown = run(bench, "augment", "--list", "--with", "KeyboardAug").output
    assert "aug_word_p" in shown
    assert "RandomWordAug" not in shown
    wrong = run(bench, "augment", "--list", "--with", "KeyboradAug", code=5)
    assert "Did you mean 'KeyboardAug'?" in str(wrong.exception)
    assert "REF is not given" in str(run(bench, "augment", code=2).exception)

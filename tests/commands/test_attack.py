"""`curate attack` says how often a classifier is fooled by records of a version."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from curate.cli import curate
from curate.errors import CurateError, NotFoundError, RefusedError, UsageError
from tests.conftest import Workbench

if find_spec("textattack") is None:
    pytest.skip("the extra attack is not installed", allow_module_level=True)

from tests.attacks.victims import classifier_file, opinions
from tests.augmenting.small_models import small_vectors

SOURCE = "{path: data, name: films, map: {text: text, labels: {opinion: label}}}"


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """A version with opinions, and a classifier of them."""
    bench = Workbench(tmp_path_factory.mktemp("films"))
    small_vectors(bench.folder / "vectors.txt")
    classifier_file(bench.folder / "opinion.classifier")
    texts, labels = opinions(8, seed=5)
    rows = [{"text": t, "label": x} for t, x in zip(texts, labels, strict=True)]
    rows.append({"text": "The film was good.", "label": "unheard of"})
    rows.append({"text": "The film was good at 5 kg.", "label": "bad"})
    bench.write(rows, "data/films.jsonl")
    bench.build(bench.recipe("", SOURCE))
    return bench


def asked(bench: Workbench, *more: str, recipe: str = "TextBugger") -> Result:
    given = ["--recipe", recipe, "--classifier", str(bench.folder / "opinion.classifier")]
    if recipe == "TextBugger":
        given += ["--set", f"vectors={bench.folder / 'vectors.txt'}"]
    store = ("--field", "text", "--store", str(bench.store.folder))
    return CliRunner().invoke(curate, ["attack", "support", *given, *store, *more])


def as_json(bench: Workbench, *more: str) -> Any:
    result = asked(bench, "--json", *more)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return json.loads(result.stdout)


def test_the_report_and_each_record_are_told(films: Workbench) -> None:
    found = as_json(films, "--label", "labels.opinion")
    assert found["recipe"]["name"] == "TextBugger"
    assert "no encoder was named" in found["recipe"]["notes"][0]
    assert found["unknown_labels"] == {"unheard of": 1}
    report, records = found["report"], found["records"]
    assert report["texts"] == len(records) == 9
    assert report["wrong_before"] == 1
    assert report["successes"] == sum(one["status"] == "success" for one in records) > 0
    assert report["success_rate"] == report["successes"] / report["attacked"]
    for one in records:
        likeliest = max(one["after"], key=one["after"].get)
        assert (likeliest != one["label"]) == (one["status"] != "failed")
    assert as_json(films, "--label", "labels.opinion") == found


def test_without_a_label_the_answer_of_the_classifier_is_right(films: Workbench) -> None:
    report = as_json(films)["report"]
    assert report["texts"] == 10
    assert report["accuracy_before"] == 1


def test_a_person_sees_figures_and_samples(films: Workbench) -> None:
    shown = asked(films, "--label", "labels.opinion", "--samples", "1").stdout
    assert "TextBugger (Li et al. 2018, arXiv 1812.05271) on classifier opinion" in shown
    assert "1 records are 'unheard of', which the classifier does not know: left out" in shown
    assert "right under attack" in shown
    assert shown.count("\n- ") == shown.count("\n+ ") == 1


def test_all_attacks_are_listed_with_what_they_need() -> None:
    shown = CliRunner().invoke(curate, ["attack", "--list"]).stdout
    assert "TextFooler" in shown
    assert "word vectors and WordNet; an embedding model if wanted" in shown
    assert "HotFlip is left out" in shown


@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        (["--label", "opinion"], UsageError, "labels.intent"),
        (["--label", "labels.none"], RefusedError, "no record has labels.none"),
        (["--field", "all"], UsageError, "--field"),
        (["--field", "response"], RefusedError, "no record has a response"),
        (["--set", "vectors"], UsageError, "NAME=VALUE"),
        (["--set", "vector=x"], UsageError, "Did you mean 'vectors'"),
        (["--classifier", "none"], NotFoundError, "curate classifier train"),
    ],
)
def test_wrong_wishes_are_told_with_what_would_be_right(
    films: Workbench, more: list[str], error: type[CurateError], said: str
) -> None:
    with pytest.raises(error, match=said):
        raise asked(films, *more).exception or AssertionError("nothing was told")


def test_what_is_missing_on_the_command_line_is_told() -> None:
    found = CliRunner().invoke(curate, ["attack", "films"]).exception
    assert isinstance(found, UsageError)
    assert "--recipe is not given" in str(found)


def test_labels_of_which_the_classifier_knows_none_are_told_with_its_own(
    bench: Workbench, films: Workbench
) -> None:
    bench.write([{"text": "good", "label": "up"}], "data/films.jsonl")
    bench.build(bench.recipe("", SOURCE))
    file: Path = films.folder / "opinion.classifier"
    (bench.folder / "opinion.classifier").write_bytes(file.read_bytes())
    with pytest.raises(RefusedError, match=r"are up\. The labels of the classifier are bad, good"):
        raise asked(bench, "--label", "labels.opinion", recipe="DeepWordBug").exception or OSError

"""The setting `names` of the step `pii`: which models it takes, and what a build does by them."""

import json
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from curate.cli import curate
from curate.errors import CurateError, MissingExtraError, NotFoundError, RefusedError
from curate.operators.pii import Pii
from curate.pii.names_entities import named_entities
from curate.pii.names_files import find_names
from curate.recipe import parse_recipe
from curate.recipe.problem import RecipeProblemsError
from tests.conftest import Workbench
from tests.pii.conftest import NameFolder
from tests.pii.name_models import sentences

TEXT = "Ada Hill lives in Oslo and works at Acme ."
KEYS = ("0123456789abcdef", "fedcba9876543210")


def edited(**settings: Any) -> str:
    """The text after an edit with some settings."""
    (answer,) = Pii.model_validate(settings).edit(pa.array([TEXT])).texts.to_pylist()
    return str(answer)


@pytest.mark.parametrize("kind", ["spacy", "transformers"])
def test_names_are_replaced_as_all_else(name_model: NameFolder, kind: str) -> None:
    names = str(name_model(kind))
    whole = "<PERSON> lives in <LOCATION> and works at <ORGANIZATION> ."
    assert edited(names=names) == whole
    person = edited(names=names, entities="PERSON", action={"PERSON": "mask"})
    assert person == "*** **** lives in Oslo and works at Acme ."
    (said,) = Pii(names=names).warnings()
    assert f"the model {kind} ({kind}, files " in said
    assert "LOCATION, ORGANIZATION, PERSON" in said


def test_the_content_of_a_model_counts_and_not_where_it_is(
    name_model: NameFolder, tmp_path: Path
) -> None:
    one = Pii(names=str(name_model("spacy")))
    copy = Path(shutil.copytree(name_model("spacy"), tmp_path / "other"))
    other = Pii.model_validate({"names": "other"}, context={"base": tmp_path})
    assert other.fingerprint() == one.fingerprint() != Pii().fingerprint()
    assert other.model_dump(mode="json")["names"] == one.model_dump(mode="json")["names"]
    assert str(copy) not in json.dumps(other.model_dump(mode="json"))
    (copy / "ner" / "model").write_bytes((copy / "ner" / "model").read_bytes() + b"\0")
    assert Pii(names=str(copy)).fingerprint() != one.fingerprint()


def test_an_installed_package_of_spacy_is_found(
    name_model: NameFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "xx_tiny_names"
    shutil.copytree(name_model("spacy"), package / "xx_tiny_names-1.0.0")
    (package / "__init__.py").write_text("raise SystemExit('it is not imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert find_names("xx_tiny_names", Path()).files.folder.name == "xx_tiny_names-1.0.0"


def test_labels_are_mapped_as_by_presidio(name_model: NameFolder) -> None:
    model = find_names(str(name_model("spacy")), Path())
    told = model._replace(labels=("DATE", "GPE", "NORP", "PRODUCT"))
    assert named_entities(told) == {"DATE_TIME", "LOCATION", "NRP", "PRODUCT"}
    assert named_entities(told._replace(kind="transformers", labels=("PS",))) == {"PERSON"}


def _pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _other_task(folder: Path) -> None:
    _configured(folder, {"architectures": ["BertForMaskedLM"]})


def _own_code(folder: Path) -> None:
    _configured(folder, {"model_type": "strange"})


def _gliner(folder: Path) -> None:
    (folder / "gliner_config.json").write_text("{}")


def _configured(folder: Path, changed: Mapping[str, Any]) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changed}))


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (_pickled, RefusedError, "pytorch_model.bin are pickled"),
        (_other_task, NotFoundError, "it is a BertForMaskedLM, and does not classify tokens"),
        (_own_code, RefusedError, "'strange' needs code that comes with the model"),
        (_gliner, MissingExtraError, "pip install 'curate[gliner]'"),
    ],
)
def test_a_model_that_cannot_be_used_is_told(
    change: Any,
    kind: type[CurateError],
    said: str,
    name_model: NameFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if change is _gliner:
        monkeypatch.setattr("curate.pii.names_files.find_spec", lambda _: None)
    folder = Path(shutil.copytree(name_model("transformers"), tmp_path / "model"))
    change(folder)
    with pytest.raises(kind) as caught:
        find_names("model", tmp_path)
    assert said in str(caught.value)


def test_a_damaged_model_is_told(name_model: NameFolder, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(name_model("spacy"), tmp_path / "model"))
    (folder / "ner" / "model").write_bytes(b"nothing")
    with pytest.raises(CurateError, match="it cannot be loaded"):
        edited(names=str(folder))
    (folder / "config.cfg").write_text("nothing")
    with pytest.raises(CurateError, match=r"config\.cfg: it cannot be read"):
        find_names(str(folder), Path())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("entities: [PERSON]", "'PERSON' is no entity that is found by a pattern; PERSON needs `n"),
        ("names: nowhere", "no folder "),
        ("names: model, entities: [PERSONS]", "did you mean 'PERSON'?"),
        ("names: model, entities: [US_SSN]", "finds none of the entities, but LOCATION, ORGANIZ"),
        ("names: model, action: {NRP: mask}", "an action for 'NRP', which is not among"),
    ],
)
def test_a_wrong_setting_is_told(
    settings: str, said: str, name_model: NameFolder, tmp_path: Path
) -> None:
    shutil.copytree(name_model("spacy"), tmp_path / "model")
    text = f"dataset: a\nsources: [{{path: x.jsonl}}]\nsteps:\n  - pii: {{{settings}}}\n"
    with pytest.raises((RecipeProblemsError, NotFoundError)) as caught:
        parse_recipe(text, tmp_path / "recipe.yaml")
    assert said in str(caught.value)


def test_a_name_has_one_surrogate_wherever_it_stands(
    bench: Workbench, name_model: NameFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, more = "My name is Ada Hill , I am in Paris .", "Please write to Ada Hill of Acme today ."
    bench.write(
        [
            {"messages": [
                {"role": "user", "content": said}, {"role": "assistant", "content": more},
                {"role": "user", "content": "Yesterday Ada Hill went to Oslo by train ."},
                {"role": "assistant", "content": "Yes ."},
            ]},
            {"prompt": said, "chosen": more, "rejected": f"{more} {said}"},
            {"text": "Ada Hill lives in Oslo and works at Acme ."},
        ]
    )  # fmt: skip
    shutil.copytree(name_model("spacy"), bench.folder / "model")
    seen = []
    for key in KEYS:
        monkeypatch.setenv("PII_KEY", key)
        step = "  - pii: {names: model, action: pseudonym, key: env:PII_KEY, entities: [PERSON]}\n"
        built = bench.build(bench.recipe(step))
        assert any("the model model (spacy, files " in one for one in built.outcome.warnings)
        rows = bench.store.sql("SELECT * FROM records").to_pylist()
        assert "Ada Hill" not in str(rows)
        query = "SELECT DISTINCT unnest(spans).surrogate AS s FROM ledger WHERE version = "
        spans = bench.store.sql(f"{query}{built.version.number}") if built.version else None
        assert spans is not None
        seen.append(spans["s"].to_pylist())
    assert [len(each) for each in seen] == [1, 1]
    assert seen[0] != seen[1]


def test_a_model_is_measured_beside_presidio(name_model: NameFolder, tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    rows = [{"text": one.text, "spans": one.spans} for one in sentences(60, seed=11)]
    file.write_text("\n".join(map(json.dumps, rows)))
    for kind in ("spacy", "transformers"):
        given = ("pii", "eval", str(file), "--names", str(name_model(kind)), "--json")
        mapped = ("--map", "GPE=LOCATION", "--map", "ORG=ORGANIZATION")
        told = json.loads(CliRunner().invoke(curate, [*given, *mapped]).stdout)
        assert told["differing_texts"] == []
        assert told["curate"]["PERSON"]["f2"] > 0.9
        assert told["presidio"]["PERSON"] == told["curate"]["PERSON"]

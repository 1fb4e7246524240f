"""Names are found as Presidio finds them with the same model, whatever stands beside a text."""

import random
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from curate.pii.finder import Finder, Finding
from curate.pii.names import FinderWithNames, Names, joined
from curate.pii.names_entities import entity_labels
from curate.pii.names_files import NameModel, find_names
from curate.pii.names_spacy import spacy_engine
from curate.pii.recognizers import LANGUAGE
from curate.pii.words import word_engine
from tests.pii.conftest import NameFolder
from tests.pii.name_models import FIRST, sentences

ENTITIES = ("LOCATION", "ORGANIZATION", "PERSON")
THRESHOLD = 0.4
KINDS = ("spacy", "transformers")

Model = Callable[[str], NameModel]


@pytest.fixture
def models(name_model: NameFolder) -> Model:
    """The model of a kind."""
    return lambda kind: find_names(str(name_model(kind)), Path())


def texts(count: int) -> list[str]:
    """Sentences, and texts of some of them in random order."""
    draw = random.Random(1)
    known = [one.text for one in sentences(count, seed=8)]
    longer = [" ".join(draw.sample(known, 12)) for _ in range(count // 5)]
    mixed = [
        f"{draw.choice(FIRST)}{draw.choice('!?-.')} {one.lower()}\n{one}" for one in known[:20]
    ]
    return [*known, *longer, *mixed, "", " ", "中文字符没有空格" * 30, "é\u0301 ﷺ 🙂 " + known[0]]


def stock(recognizer: Any, engine: Any = None) -> Any:
    """Presidio's engine with one recognizer."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    registry = RecognizerRegistry([recognizer], supported_languages=[LANGUAGE])
    return AnalyzerEngine(registry=registry, nlp_engine=engine or word_engine())


def told(engine: Any, text: str) -> list[Finding]:
    """What the engine finds, in its order."""
    found = engine.analyze(text, LANGUAGE, entities=list(ENTITIES), score_threshold=THRESHOLD)
    return [
        Finding(
            *(one.start, one.end, one.entity_type, float(one.score)),
            one.recognition_metadata["recognizer_name"],
        )
        for one in found
    ]


def assert_alike(ours: Sequence[Finding], theirs: Sequence[Finding], text: str) -> None:
    """Equal but for the last digits of scores, by which the order may change."""
    both = [sorted(side) for side in (ours, theirs)]
    assert [one._replace(score=0) for one in both[0]] == [
        one._replace(score=0) for one in both[1]
    ], text
    for one, other in zip(*both, strict=True):
        assert one.score == pytest.approx(other.score, abs=0.001)


def test_names_of_spacy_are_those_of_presidio(models: Model) -> None:
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import SpacyRecognizer

    model = models("spacy")
    engine = SpacyNlpEngine([{"lang_code": LANGUAGE, "model_name": str(model.files.folder)}])
    engine.load()
    theirs, given = stock(SpacyRecognizer(), engine), texts(100)
    expected = [told(theirs, text) for text in given]
    assert [list(found) for found in Names(model, ENTITIES, THRESHOLD).find(given)] == expected
    assert sum(map(len, expected)) > 300


def test_names_of_transformers_are_those_of_presidio(models: Model) -> None:
    from presidio_analyzer.predefined_recognizers import HuggingFaceNerRecognizer

    model = models("transformers")
    theirs = stock(
        HuggingFaceNerRecognizer(
            model_name=str(model.files.folder), aggregation_strategy="max", threshold=THRESHOLD
        )
    )
    # Presidio loses what is behind the model's last place.
    given = [text for text in texts(100) if "中文" not in text]
    for text, ours in zip(given, Names(model, ENTITIES, THRESHOLD).find(given), strict=True):
        assert_alike(ours, told(theirs, text), text)
    assert any(len(text) > 500 for text in given)


def test_names_of_gliner_are_those_of_presidio(models: Model) -> None:
    from presidio_analyzer.predefined_recognizers import GLiNERRecognizer

    model = models("gliner")
    theirs = stock(
        GLiNERRecognizer(
            model_name=str(model.files.folder),
            entity_mapping={k: v for k, v in entity_labels(model).items() if v in ENTITIES},
            threshold=THRESHOLD,
        )
    )
    given = texts(20)[:26]
    expected = [told(theirs, text) if text else [] for text in given]
    for text, ours, other in zip(
        given, Names(model, ENTITIES, THRESHOLD).find(given), expected, strict=True
    ):
        assert_alike(ours, other, text)
    assert sum(map(len, expected)) > 10


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_found_depends_on_no_other_text(models: Model, kind: str) -> None:
    given = texts(100)
    together = Names(models(kind), ENTITIES, 0.0).find(given)
    backwards = Names(models(kind), ENTITIES, 0.0).find(given[::-1])
    assert backwards[::-1] == together
    alone = Names(models(kind), ENTITIES, 0.0)
    assert [alone.find([text])[0] for text in given] == together


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_long_texts_stand_where_they_are(models: Model, kind: str) -> None:
    parts = [one.text for one in sentences({"spacy": 2500, "transformers": 100}[kind], seed=4)]
    text = " ".join(parts)
    names = Names(models(kind), ENTITIES, THRESHOLD)
    (found,) = names.find([text])
    at = {(one.start, one.end) for one in found}
    start, missed = 0, 0
    for part, each in zip(parts, names.find(parts), strict=True):
        # A model sees other words beside a sentence that stands alone.
        missed += sum((start + one.start, start + one.end) not in at for one in each)
        start += len(part) + 1
    assert missed <= 0.03 * len(at)


def test_a_name_behind_what_a_model_sees_at_once_is_found(models: Model) -> None:
    names = Names(models("transformers"), ENTITIES, THRESHOLD)
    for filler in ("ab ", "x", "中"):
        text = filler * (390 // len(filler)) + " My name is Ada Hill , I am in Paris ."
        (found,) = names.find([text])
        assert "Ada Hill" in [text[one.start : one.end] for one in found], filler


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_sought_is_found(models: Model, kind: str) -> None:
    text = "Ada Hill lives in Oslo and works at Acme ."
    (found,) = Names(models(kind), ["PERSON"], THRESHOLD).find([text])
    assert [(text[one.start : one.end], one.entity) for one in found] == [("Ada Hill", "PERSON")]
    assert Names(models(kind), ["PERSON"], 1.0).find([text]) == [()]


def test_a_text_is_looked_at_once(models: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(models("spacy"), ENTITIES, THRESHOLD)
    asked: list[str] = []
    engine = names._engine
    results = engine.results

    def listening(given: Sequence[str]) -> list[list[Any]]:
        asked.extend(given)
        return results(given)

    monkeypatch.setattr(engine, "results", listening)
    first = names.find(["Ada Hill", "b", "Ada Hill"])
    assert names.find(["b", "Ada Hill"]) == first[1:]
    assert asked == ["Ada Hill", "b"]
    monkeypatch.setattr("curate.pii.names.REMEMBERED", 1)
    names.find(["c", "d"])
    assert names.find(["b"]) == [first[1]]
    assert asked[2:] == ["c", "d", "b"]


def test_patterns_and_names_are_found_together(models: Model) -> None:
    both = FinderWithNames(
        Finder(["EMAIL_ADDRESS", "PHONE_NUMBER"]), Names(models("spacy"), ENTITIES, THRESHOLD)
    )
    given = ["nothing", None, "Ada Hill lives in Oslo , mail jo@acme.com", "(212) 555-0123"]
    found = {row: (text, each) for row, text, each in both.find(pa.array(given))}
    assert sorted(found) == [2, 3]
    for row, (text, each) in found.items():
        assert text == given[row]
        assert each == sorted(each, key=lambda one: (-one.score, one.start, one.start - one.end))
    assert [one.entity for one in found[2][1]] == ["EMAIL_ADDRESS", "PERSON", "LOCATION"]
    assert "PHONE_NUMBER" in [one.entity for one in found[3][1]]


def test_what_two_recognizers_find_of_one_entity_is_told_once() -> None:
    pattern = Finding(4, 9, "DATE_TIME", 0.6, "DateRecognizer")
    named = Finding(0, 9, "DATE_TIME", 0.85, "SpacyRecognizer")
    other = Finding(2, 6, "PERSON", 0.85, "SpacyRecognizer")
    assert joined([pattern, named, other]) == [named, other]
    stronger = pattern._replace(score=0.9)
    assert joined([stronger, named]) == [stronger, named]


def test_a_pipeline_keeps_what_names_depend_on(models: Model) -> None:
    model = models("spacy")
    engine = spacy_engine(model, ["PERSON"])
    assert engine.get_nlp(LANGUAGE).pipe_names == ["ner"]
    assert engine.ner_model_configuration.labels_to_ignore == ["GPE", "ORG"]

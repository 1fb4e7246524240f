"""Findings are those of Presidio's engine: spans, entities, scores and order."""

import gzip
import json
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from curate.pii.finder import Finder, Finding
from curate.pii.gate import Gate, entity_gate
from curate.pii.recognizers import DEFAULT_ENTITIES, DEFAULT_THRESHOLD, known_entities
from curate.pii.widening import ANYTHING
from tests.pii.engine import engine, told
from tests.pii.texts import VALID, texts

SYNTHETIC = Path(__file__).parents[3] / "shared" / "data" / "pii" / "presidio_synth_v2_1500.json.gz"
ALL = tuple(known_entities())
THEIRS = engine(ALL)
OURS = Finder(ALL, 0.0)
GATE = Gate(ALL)
GENERATED = settings(
    max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def found(finder: Finder, *given: str | None) -> list[list[Finding]]:
    """The findings in each of some texts."""
    all_: list[list[Finding]] = [[] for _ in given]
    for row, text, findings in finder.find(pa.array(given, pa.string())):
        assert text == given[row]
        all_[row] = findings
    return all_


@GENERATED
@given(texts())
def test_findings_are_those_of_presidio_for_every_entity(text: str) -> None:
    assert found(OURS, text) == [told(THEIRS, text, ALL, 0.0)]


@pytest.mark.parametrize("text", VALID)
def test_findings_in_known_shapes_are_those_of_presidio(text: str) -> None:
    for written in (text, f"x{text}", f"Call {text}.", f"my phone or ssn is {text}\n{text}9"):
        assert found(OURS, written) == [told(THEIRS, written, ALL, 0.0)]


@GENERATED
@given(texts())
def test_the_gate_lets_through_what_a_recognizer_finds(text: str) -> None:
    passing = [name for one in GATE.passing(pa.array([text])) for name in one.entities]
    assert {each.entity for each in told(THEIRS, text, ALL, 0.0)} <= set(passing)


def test_the_gate_stops_texts_without_anything() -> None:
    plain = [
        "In 2008, 3 of 4 people read (at most) 250 pages - or 1.5 books.",
        "",
        None,
        "naïve: 中文",
    ]
    assert list(Gate(DEFAULT_ENTITIES).passing(pa.array(plain))) == []


def test_every_pattern_of_presidio_is_understood() -> None:
    assert [entity for entity in ALL if ANYTHING in entity_gate(entity).split("|")] == []


def test_the_threshold_counts_after_the_words_before_a_finding() -> None:
    finder = Finder(["US_SSN"], DEFAULT_THRESHOLD)
    (with_word, without) = found(finder, "My ssn is 536904399.", "Order 536904399 came.")
    assert [(each.entity, each.start, each.end) for each in with_word] == [("US_SSN", 10, 19)]
    assert without == []


def test_a_slice_of_texts_is_read_from_its_beginning() -> None:
    whole = pa.array(["a", None, "b@c.com", "d"])
    assert [row for row, _, _ in Finder(["EMAIL_ADDRESS"]).find(whole.slice(1))] == [1]


@pytest.mark.skipif(not SYNTHETIC.is_file(), reason="no shared data")
def test_findings_in_synthetic_documents_are_those_of_presidio() -> None:
    with gzip.open(SYNTHETIC) as file:
        documents = [each["full_text"] for each in json.load(file)]
    expected = [told(THEIRS, text, DEFAULT_ENTITIES, DEFAULT_THRESHOLD) for text in documents]
    assert found(Finder(DEFAULT_ENTITIES), *documents) == expected
    assert sum(map(len, expected)) > 200


def test_a_checksum_that_presidio_cannot_compute_leaves_the_score_of_the_pattern() -> None:
    text = "RSSMRA٨5T10A562S"
    with pytest.raises(KeyError):
        known_entities()["IT_FISCAL_CODE"]().analyze(text, ["IT_FISCAL_CODE"])
    ((one,),) = found(Finder(("IT_FISCAL_CODE",), 0.0), text)
    assert (one.start, one.end) == (0, len(text))
    assert 0 < one.score < 1

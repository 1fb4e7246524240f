"""Own entities are found as Presidio's are: by score, words before them, and overlaps."""

from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from curate.operators.pii import Pii
from curate.patterns.pack import parse_patterns
from curate.patterns.shelf import shipped_bytes
from curate.pii.finder import Finder, Finding
from curate.pii.gate import Gate
from curate.pii.recognizers import LANGUAGE, own_entities, recognizers
from curate.recipe import parse_recipe
from curate.recipe.problem import RecipeProblemsError
from curate.rulepacks.written import written_out
from tests.pii.engine import told
from tests.pii.texts import VALID, texts

SHIPPED = shipped_bytes("pii")
PACK = r"""
pack: house
version: 1
what: Entities of the house.
entities:
  - {id: BADGE, what: A badge., why: A test., match: 'B-\d{4}', score: 0.3, context: [badge, staff],
     bad: [B-1234], good: [B-1]}
  - {id: COLLEAGUE, what: Names., why: A test., list: [Ann Lee, Bo], score: 0.9,
     bad: [Bo], good: [x]}
  - {id: TAG, what: A tag., why: A test., match: 'tag (?P<value>\d+)', checksum: luhn, score: 0.5,
     allow: ['18'], bad: [tag 26], good: [tag 27]}
"""
HOUSE = PACK.encode()
ENTITIES = ("BADGE", "COLLEAGUE", "TAG")
MIXED = (*ENTITIES, "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD")


def engine(entities: tuple[str, ...], pack: bytes) -> object:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    from curate.pii.words import word_engine

    made = RecognizerRegistry(recognizers(entities, pack), supported_languages=[LANGUAGE])
    return AnalyzerEngine(registry=made, nlp_engine=word_engine())


THEIRS = engine(MIXED, HOUSE)
OURS = Finder(MIXED, 0.0, HOUSE)


def found(text: str, finder: Finder = OURS) -> list[Finding]:
    return [one for _, _, each in finder.find(pa.array([text])) for one in each]


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(texts())
def test_findings_are_those_of_presidio_s_engine_with_the_same_recognizers(text: str) -> None:
    for whole in (text, f"badge B-1234 {text} Ann Lee", f"tag 26{text}B-0000 Bo"):
        assert found(whole) == told(THEIRS, whole, MIXED, 0.0)


@pytest.mark.parametrize("text", VALID[:20])
def test_own_entities_stand_beside_those_of_presidio(text: str) -> None:
    whole = f"{text} staff badge B-1234"
    assert found(whole) == told(THEIRS, whole, MIXED, 0.0)


def test_words_before_a_finding_raise_its_score_and_a_checksum_makes_it_sure() -> None:
    finder = Finder(ENTITIES, 0.4, HOUSE)
    assert found("B-1234 is no help", finder) == []
    (badge,) = found("my staff badge is B-1234", finder)
    assert (badge.entity, badge.start, badge.end) == ("BADGE", 18, 24)
    assert badge.score > 0.4
    assert found("é tag 26 tag 27 tag 18", finder) == [Finding(6, 8, "TAG", 1.0, "TAG")]
    assert [one.entity for one in found("Bo and ann lee", finder)] == ["COLLEAGUE"] * 2


def test_every_example_of_the_shipped_pack_is_found_through_the_gate() -> None:
    entities = tuple(sorted(own_entities(SHIPPED)))
    gate, finder = Gate(entities, SHIPPED), Finder(entities, 0.0, SHIPPED)
    for rule in parse_patterns(SHIPPED).every_rule:
        for example in rule.bad:
            text = str(written_out(example))
            (passing,) = gate.passing(pa.array([text]))
            assert rule.id in passing.entities
            assert rule.id in {one.entity for one in found(text, finder)}
    # Sure ones reach the default threshold; the others need a word.
    sure = Finder(entities, pack=SHIPPED)
    assert found("52.520008, 13.404954", sure) == []
    assert [one.entity for one in found("location: 52.520008, 13.404954", sure)] == ["COORDINATES"]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "house.yaml").write_text(PACK)
    return tmp_path / "house.yaml"


def test_all_entities_of_a_pack_are_looked_for_unless_some_are_named(house: Path) -> None:
    text = pa.array(["badge B-1234, Bo, jo@acme.com"])
    all_ = Pii(pack=str(house)).edit(text).texts.to_pylist()
    assert all_ == ["badge <BADGE>, <COLLEAGUE>, <EMAIL_ADDRESS>"]
    some = Pii.model_validate({"pack": str(house), "entities": "BADGE"}).edit(text)
    assert some.texts.to_pylist() == ["badge <BADGE>, Bo, jo@acme.com"]
    action = {"action": {"COLLEAGUE": "mask"}}
    masked = Pii.model_validate({"pack": str(house), **action}).edit(text).texts.to_pylist()
    assert masked == ["badge <BADGE>, **, <EMAIL_ADDRESS>"]


def test_the_content_of_a_pack_counts_and_not_where_it_lies(house: Path, tmp_path: Path) -> None:
    one = Pii(pack=str(house)).fingerprint()
    (tmp_path / "other.yaml").write_text(PACK)
    assert Pii(pack=str(tmp_path / "other.yaml")).fingerprint() == one != Pii().fingerprint()
    house.write_text(PACK.replace("0.3", "0.5"))
    assert Pii(pack=str(house)).fingerprint() != one


@pytest.mark.parametrize(
    ("settings_", "said"),
    [
        ("pack: missing.yaml", "there is no such rule pack"),
        ("pack: secrets", "has no `entities`"),
        ("pack: pi", "did you mean 'pii'?"),
        ("pack: taken.yaml", "which is an entity of Presidio's"),
        ("pack: house.yaml, entities: [BADGES]", "did you mean 'BADGE'?"),
        ("pack: house.yaml, entities: [BADGE], action: {TAG: mask}", "not among `entities`"),
        ("pack: wrong.yaml", "line 6: rule 'BADGE': the pattern is not RE2"),
    ],
)
def test_a_wrong_pack_is_told(settings_: str, said: str, house: Path) -> None:
    (house.parent / "taken.yaml").write_text(PACK.replace("BADGE", "US_SSN"))
    (house.parent / "wrong.yaml").write_text(PACK.replace(r"B-\d{4}", "(?=B)"))
    text = f"dataset: a\nsources: [{{path: x.jsonl}}]\nsteps:\n  - pii: {{{settings_}}}\n"
    with pytest.raises(RecipeProblemsError) as caught:
        parse_recipe(text, house.parent / "recipe.yaml")
    assert said in str(caught.value)


def test_a_pattern_may_say_that_a_text_begins_or_ends() -> None:
    pack = rb"""
pack: edges
version: 1
what: Edges.
entities:
  - {id: FIRST, what: A test., why: A test., match: '^id \d+$', score: 0.9, bad: [id 1], good: [x]}
"""
    finder = Finder(("FIRST", "EMAIL_ADDRESS"), 0.0, pack)
    rows = [row for row, _, _ in finder.find(pa.array(["a", "id 77", "b", "id 8", "an id 9"]))]
    assert rows == [1, 3]

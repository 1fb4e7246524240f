"""What is found in stretches of a text is what is found in the whole of it."""

from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from curate.pii import stretches
from curate.pii.gate import entity_gate
from curate.pii.recognizers import DEFAULT_ENTITIES, known_entities, recognizers
from curate.pii.stretches import StretchFinder
from tests.pii.texts import texts

RECOGNIZERS = {
    each.supported_entities[0]: each
    for each in recognizers(list(known_entities()))
    if hasattr(each, "patterns")
}
FINDERS = {name: StretchFinder(each, entity_gate(name)) for name, each in RECOGNIZERS.items()}


@settings(
    max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(texts())
def test_results_are_those_of_the_recognizer_asked_about_the_whole(text: str) -> None:
    # Presidio itself fails on some of the digits beyond ASCII.
    assume(all(char.isascii() for char in text if char.isdigit()))
    text = text + "! \u00fc? " * stretches.SHORT
    for name, finder in FINDERS.items():
        found = finder.analyze(text, text.encode(), name)
        assert {*map(str, found)} == {*map(str, RECOGNIZERS[name].analyze(text, [name]))}


@pytest.mark.parametrize("name", sorted({*DEFAULT_ENTITIES} - {"PHONE_NUMBER", "IBAN_CODE"}))
def test_a_recognizer_is_not_asked_about_what_stands_elsewhere(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {
        "CREDIT_CARD": "4012-8888-8888-1881",
        "CRYPTO": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "EMAIL_ADDRESS": "jo.brown@example.co.uk",
        "IP_ADDRESS": "192.168.7.1",
        "MAC_ADDRESS": "00:1B:44:11:3A:B7",
        "US_SSN": "536-90-4399",
    }
    asked: list[str] = []
    recognizer, text = RECOGNIZERS[name], f"Zum Gr\u00fc\u00dfen, {values[name]}! " + "Yours. " * 50
    original = type(recognizer).analyze

    def counted(self: Any, text: str, entities: list[str]) -> Any:
        asked.append(text)
        return original(self, text, entities)

    finder = FINDERS[name]
    monkeypatch.setattr(recognizer, "analyze", counted.__get__(recognizer))
    (found,) = finder.analyze(text, text.encode(), name)
    assert text[found.start : found.end] == values[name]
    assert sum(map(len, asked)) < len(values[name]) + 5

import pyarrow as pa
import pytest

from curate.operators.measure import Measure
from curate.recipe import parse_recipe
from curate.scan import Scan
from curate.signals import SIGNALS, measure
from tests.operators.conftest import Working

RECIPE = "dataset: d\nsources: [{path: data}]\nsteps:\n  - measure: words\n"


def made(**settings: object) -> Measure:
    return Measure.model_validate(settings)


def test_it_gives_what_rules_are_given(working: Working) -> None:
    names = [name for name, each in SIGNALS.items() if each.of_text_alone]
    texts = ["", " two words\n", "```\nopen", "é 🎈\n\n"]
    batch = working(*({"text": text} for text in texts))
    answer = made(signals=names).measure(pa.array(texts))
    for name in names:
        assert answer[name].to_pylist() == measure(name, batch, Scan(pa.array(texts))).to_pylist()


def test_what_is_measured_says_nothing_of_the_values() -> None:
    few = made(signals="words", fields="text")
    assert few.signals().keys() == {"words"}
    assert few.fields() == ("text",)
    assert few.signal_fingerprint() == made().signal_fingerprint()
    assert few.fingerprint() != made().fingerprint()


def test_a_bare_value_names_the_signals() -> None:
    (step,) = parse_recipe(RECIPE).steps
    assert step.operator == made(signals=["words"])


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"signals": "wrods"}, "'wrods' is no signal; did you mean 'words'?"),
        ({"signals": "toxicity_of_all"}, "known are "),
        ({"signals": "prompt_echo"}, "'prompt_echo' is measured on whole records"),
        ({"signals": "turns"}, "'turns' is measured on whole records"),
        ({"signals": []}, "at least one signal"),
        ({"fields": "respose"}, "did you mean 'response'?"),
        ({"fields": "all"}, "'all' is no field that can be measured"),
        ({"fields": []}, "at least one field"),
    ],
)
def test_wrong_settings_are_told_in_one_sentence(settings: dict[str, object], found: str) -> None:
    with pytest.raises(ValueError) as caught:
        made(**settings)
    assert found in str(caught.value)

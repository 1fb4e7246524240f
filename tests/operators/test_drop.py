"""Dropping by one expression."""

import pytest

from curate.operators.drop import Drop


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"where": "words"}, "must be true or false"),
        ({"where": "words >"}, "no expression"),
        ({"where": "words > limit"}, "names `limit`, and the rule has none"),
        ({"where": "words > 1", "limit": 2}, "does not use it"),
        ({"where": "true"}, "names no signal"),
        ({"where": "(select 1) > words"}, "not allowed"),
        ({"where": "words > 1", "field": "respons"}, "did you mean 'response'"),
        ({"where": "words > 1", "labels": "mood"}, "names no score 'mood'"),
        ({"where": "words > 1", "rule": "No Name"}, "pattern"),
    ],
)
def test_a_wrong_expression_is_refused_before_anything_runs(
    settings: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Drop.model_validate(settings)


def test_a_score_without_a_step_is_told_from_python_too() -> None:
    from curate.record import WORKING, batch_of

    batch = batch_of([{"text": "some text"}], WORKING)
    with pytest.raises(ValueError, match="no signal step before this one gives 'toxicity'"):
        Drop(where="toxicity > 0.5", field="text").judge(batch)


def test_other_code_of_a_signal_of_ones_own_is_another_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from curate.signals import SIGNALS

    found = []
    for code in (b"one", b"two"):
        monkeypatch.setitem(SIGNALS, "words", SIGNALS["words"]._replace(code=code))
        found.append(Drop(where="words > 5").fingerprint())
    assert found[0] != found[1]

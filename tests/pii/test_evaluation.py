"""Precision, recall and F2 are those of the definitions."""

from curate.pii.evaluation import Score, renamed, scores
from curate.pii.labelled import Labelled, LabelledSpan


def test_a_span_is_found_where_a_finding_of_its_entity_overlaps_it() -> None:
    document = Labelled("x" * 40, (LabelledSpan(0, 5, "A"), LabelledSpan(10, 15, "A")))
    found = [LabelledSpan(0, 5, "A"), LabelledSpan(14, 20, "A"), LabelledSpan(30, 31, "A")]
    found += [LabelledSpan(10, 15, "B")]
    told = scores([document], [found], ["A", "B"])
    assert told["A"] == Score(labelled=2, found=3, hit=2, right=2, exact=1)
    assert told["B"] == Score(labelled=0, found=1, hit=0, right=0, exact=0)
    assert (told["A"].precision, told["A"].recall) == (2 / 3, 1.0)
    assert told["B"].recall is None
    assert told["B"].f2 is None


def test_f2_weighs_recall_four_times() -> None:
    score = Score(labelled=10, found=10, hit=5, right=10, exact=0)
    assert score.f2 == 5 * 1.0 * 0.5 / (4 * 1.0 + 0.5)
    assert Score(1, 1, 0, 0, 0).f2 == 0.0


def test_labels_can_be_called_otherwise() -> None:
    document = Labelled("ab", (LabelledSpan(0, 1, "GPE"), LabelledSpan(1, 2, "X")))
    (other,) = renamed([document], {"GPE": "LOCATION"})
    assert [one.entity for one in other.spans] == ["LOCATION", "X"]

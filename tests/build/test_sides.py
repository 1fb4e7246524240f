"""Records that change sides of a split are named: models of old have learned from them."""

from tests.conftest import Workbench, tickets

STEPS = "  - split: {eval: 5}\n"


def test_records_that_changed_sides_are_listed(bench: Workbench) -> None:
    bench.write(tickets(40))
    first = bench.build(bench.recipe(STEPS))
    assert not [each for each in first.outcome.warnings if "changed sides" in each]
    bench.write(tickets(80))
    second = bench.build(bench.recipe(STEPS))
    assert second.version is not None
    [said] = [each for each in second.outcome.warnings if "changed sides" in each]
    assert "changed sides since support@1 (eval to train " in said
    assert "`curate diff support@1 support@2` lists them" in said
    assert said in second.version.warnings


def test_a_share_moves_no_record(bench: Workbench) -> None:
    for number in (40, 80, 120):
        bench.write(tickets(number))
        built = bench.build(bench.recipe("  - split: {eval: 0.2, by: prompt}\n"))
        assert not [each for each in built.outcome.warnings if "changed sides" in each]

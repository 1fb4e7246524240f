"""The step on lines that comes with a pack, and lists of words that a user gives it."""

from pathlib import Path

import pytest

from curate.operators.line_rules import LineRules
from curate.operators.rules import Rules
from curate.recipe import parse_recipe
from curate.recipe.problem import RecipeProblemsError
from tests.conftest import Workbench

HEAD = "dataset: a\nsources: [{path: x.jsonl}]\nsteps:\n"
PACK = """\
pack: mine
version: 1
what: Mine.
lines:
  - {id: rude, what: R., why: A test., words: rude, sample: [darn], good: [a], bad: ["a\\ndarn"]}
  - {id: few, what: F., why: A test., where: words < limit, limit: 2, good: [a b], bad: ["a b\\nc"]}
rules:
  - {id: short, what: S., why: A test., where: words < limit, limit: 3, good: [a b c], bad: [a]}
  - {id: bad, what: B., why: A test., words: rude, sample: [darn], good: [a], bad: ["oh, Darn!"]}
"""


def test_a_pack_with_rules_on_lines_is_two_steps_under_their_own_names() -> None:
    steps = "  - rules: {pack: c4, field: text, limits: {few-words: 3, few-sentences: 5}}\n"
    named = "  - rules: {pack: c4, field: text, name: web}\n  - rules: chat\n"
    made = parse_recipe(HEAD + steps + named).steps
    assert [step.name for step in made] == ["rules-lines", "rules", "web-lines", "web", "rules-2"]
    first, second = made[0].operator, made[1].operator
    assert isinstance(first, LineRules)
    assert isinstance(second, Rules)
    assert (first.field, first.limits) == (second.field, second.limits)


def test_lines_of_what_is_no_place_in_a_record_cannot_be_removed() -> None:
    with pytest.raises(RecipeProblemsError, match=r"recipe:4: .*did you mean 'response'\?"):
        parse_recipe(HEAD + "  - rules: {pack: c4, field: response.prose}\n")


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"pack": "chat"}, "the rule pack 'chat' has no rules on lines: use `rules`"),
        ({"pack": "c4", "field": "answer"}, "'answer' is no field whose lines can be removed"),
        ({"pack": "c4", "lists": {"bad-word": "x"}}, "no list 'bad-word'; its lists: bad-words"),
        ({"pack": "c4", "lists": {"bad-words": "no/such"}}, "No such file"),
        ({"pack": "c4", "limits": {"few-words": "x"}}, "must be a number"),
    ],
)
def test_wrong_settings_are_told_in_one_sentence(settings: dict[str, object], found: str) -> None:
    with pytest.raises(ValueError, match=found):
        LineRules.model_validate(settings)


def test_a_rule_that_waits_for_a_list_is_not_applied_and_a_build_says_so(bench: Workbench) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    (bench.folder / "rude.txt").write_text("# a comment\n\ndarn\nblast it\n")
    texts = ["well then\ndarn it all\nthat is all", "that is all", "you said BLAST IT, twice"]
    bench.write([{"text": text} for text in texts])
    step = "  - rules: {{pack: mine.yaml, field: text{}}}\n"
    without = bench.build(bench.recipe(step.format("")))
    assert without.outcome.dropped == 0
    for name, rule in (("rules-lines", "rude"), ("rules", "bad")):
        said = f"step {name}: the rule {rule} is not applied: it needs a list of words"
        assert any(warning.startswith(said) for warning in without.outcome.warnings)
    given = bench.build(bench.recipe(step.format(", lists: {rude: rude.txt}")))
    assert not [each for each in given.outcome.warnings if "not applied" in each]
    rows = bench.store.sql("SELECT rule, action FROM ledger WHERE version = 2 ORDER BY rule")
    assert rows.to_pylist() == [{"rule": "rude", "action": "edit"}] * 2 + [
        {"rule": "short", "action": "drop"}
    ]


def test_the_words_are_in_the_fingerprint_and_their_path_is_not(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(PACK)
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("darn\n")
    two.write_text("darn\n")
    pack = str(tmp_path / "mine.yaml")
    before = Rules(pack=pack, lists={"rude": str(one)}).fingerprint()
    assert Rules(pack=pack, lists={"rude": str(two)}).fingerprint() == before
    two.write_text("darn\nblast\n")
    assert Rules(pack=pack, lists={"rude": str(two)}).fingerprint() != before

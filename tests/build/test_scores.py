"""Scores: what a signal step gives, rules and drops after it use, and history can ask about."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from curate.errors import OperatorError
from curate.history.tune import tune
from curate.history.whatif import whatif
from curate.history.why import why
from curate.recipe import load_code
from curate.recipe.problem import RecipeProblemsError
from tests.conftest import Workbench

OWN = '''
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from curate.operator import SignalOperator


class Shouting(SignalOperator):
    """Measures capitals, and writes down how many texts it was given."""

    name: ClassVar[str] = "shouting"
    version: ClassVar[int] = 1
    places: ClassVar[frozenset[str]] = frozenset({"field", "diary"})
    slow: ClassVar[bool] = SLOW

    field: str = "response"
    factor: int = 1
    diary: str

    def fields(self) -> Sequence[str]:
        return tuple(self.field.split())

    def signals(self) -> Mapping[str, str]:
        return {"loudness": "Capitals.", "mood": "Calm or loud."}

    def labels(self) -> frozenset[str]:
        return frozenset({"mood"})

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        with Path(self.diary).open("a") as file:
            file.write("x" * len(texts))
        counts = [sum(map(str.isupper, text)) * self.factor for text in texts.to_pylist()]
        return {
            "loudness": pa.array([count or None for count in counts], pa.int64()),
            "mood": pa.array(["loud" if count > 5 else "calm" for count in counts]),
        }
'''

PACK = """
pack: loud
version: 1
what: Drops answers that shout.
scores:
  loudness: Capital letters of a text.
  mood: {what: How it sounds., type: label}
rules:
  - id: shouts
    what: An answer in capitals.
    why: Nobody likes it (made up for this test).
    where: loudness > limit
    limit: 8
    good: [{scores: {loudness: 8}}, No score at all.]
    bad: [{scores: {loudness: 9}}]
  - id: loud-and-short
    what: A short answer that is loud.
    why: Nobody likes it (made up for this test).
    where: mood = 'loud' and words < 3
    good: [{scores: {mood: loud}, response: Three words here}, {scores: {mood: calm}}]
    bad: [{scores: {mood: loud}, response: HELLOO}]
"""

LINE = "  - {id: a, what: a, why: a, match: a, good: [b], bad: [a]}\n"

TEXTS = ["fine", "Fine", "OH NO NO NO NO", "OH WELL WELL", "HELLOO", "no", "OH WELL WELL"]
LOUD = ["OH NO NO NO NO", "OH WELL WELL", "HELLOO", "OH WELL WELL"]


@pytest.fixture(params=[False, True], ids=["quick", "slow"])
def scored(request: pytest.FixtureRequest, bench: Workbench) -> Workbench:
    """Records whose answers are TEXTS, a pack over scores, and a step that gives them."""
    rows = [{"ticket": n, "prompt": f"Number {n}?", "response": t} for n, t in enumerate(TEXTS)]
    bench.write(rows)
    (bench.folder / "loud.yaml").write_text(PACK)
    (bench.folder / "own.py").write_text(OWN.replace("SLOW", str(request.param)))
    load_code(bench.folder / "own.py")
    return bench


def step(bench: Workbench, **settings: Any) -> str:
    """A step that gives the scores."""
    said = {"diary": bench.folder / "diary", **settings}
    return f"  - shouting: {{{', '.join(f'{key}: {value}' for key, value in said.items())}}}\n"


def measured(bench: Workbench) -> int:
    """How many texts were measured since the last call."""
    diary = bench.folder / "diary"
    number = diary.stat().st_size if diary.exists() else 0
    diary.unlink(missing_ok=True)
    return number


def built(bench: Workbench, steps: str, **options: Any) -> Any:
    """The version of a build."""
    return bench.build(bench.recipe(steps, "{path: data, name: t, key: ticket}"), **options).version


def dropped(version: Any) -> list[tuple[str, str, str | None]]:
    """Rule, value and limit of all that was dropped."""
    rows = version.ledger().to_pylist()
    return sorted((row["rule"], row["value"], row["limit"]) for row in rows)


def test_rules_of_a_pack_use_the_scores_of_a_step_before_them(scored: Workbench) -> None:
    version = built(scored, step(scored) + "  - rules: loud.yaml\n")
    assert dropped(version) == [
        ("loud-and-short", '"loud"', None),
        ("shouts", "10.0", "8"),
        ("shouts", "10.0", "8"),
        ("shouts", "10.0", "8"),
    ]


def test_an_expression_drops_by_scores_and_signals_together(scored: Workbench) -> None:
    drop = "  - drop: {where: loudness > limit and words > 3, limit: 8, rule: loud}\n"
    assert dropped(built(scored, step(scored) + drop)) == [("loud", "10.0", "8")]


@pytest.mark.parametrize("options", [{"batch_size": 1}, {"workers": 2, "batch_size": 2}])
def test_how_a_build_is_cut_changes_nothing(scored: Workbench, options: dict[str, Any]) -> None:
    steps = step(scored) + "  - rules: loud.yaml\n"
    once = built(scored, steps)
    other = Workbench(scored.folder)
    other.store = type(scored.store).create(scored.folder / "other")
    again = built(other, steps, allow_code=(scored.folder / "own.py",), **options)
    assert (again.snapshot, dropped(again)) == (once.snapshot, dropped(once))


def test_another_limit_measures_nothing_again(scored: Workbench) -> None:
    built(scored, step(scored) + "  - rules: loud.yaml\n")
    assert measured(scored) == len(set(TEXTS))
    version = built(scored, step(scored) + "  - rules: {pack: loud.yaml, limits: {shouts: 0}}\n")
    assert measured(scored) == 0
    assert sum(rule == "shouts" for rule, *_ in dropped(version)) == 5


def test_other_settings_of_the_signal_step_decide_anew(scored: Workbench) -> None:
    built(scored, step(scored) + "  - drop: loudness > 8\n")
    version = built(scored, step(scored, factor=2) + "  - drop: loudness > 8\n")
    assert len(dropped(version)) == len(LOUD)


def test_new_records_are_judged_beside_known_ones(scored: Workbench) -> None:
    steps = step(scored) + "  - exact_dedup\n  - rules: loud.yaml\n"
    built(scored, steps)
    scored.write([{"ticket": 99, "prompt": "New?", "response": "AAAAAAAAAA"}], "data/more.jsonl")
    assert ("shouts", "10.0", "8") in dropped(built(scored, steps))
    measured(scored)


def test_a_score_of_each_field_is_that_of_its_own_text(scored: Workbench) -> None:
    both = step(scored, field="prompt response")
    version = built(scored, f"{both}  - drop: {{where: loudness > 0, field: prompt}}\n")
    assert dropped(version) == [("drop", "1.0", None)] * len(TEXTS)


def test_whatif_and_tune_read_stored_scores(scored: Workbench) -> None:
    version = built(scored, step(scored) + "  - rules: loud.yaml\n")
    measured(scored)
    (outcome,) = whatif(version, ["shouts=20"])
    assert outcome.gained.records == 3
    assert outcome.measured.again == 0
    tuned = tune(version, "shouts")
    assert (tuned.failing, tuned.came) == (3, len(TEXTS))
    assert measured(scored) == 0


def test_why_says_which_limit_would_have_kept_a_record(scored: Workbench) -> None:
    version = built(scored, step(scored) + "  - drop: {where: loudness > limit, limit: 9}\n")
    record = version.ledger()["id"][0].as_py()
    told = why(scored.store, record, scored.store.versions())
    assert "limit >= 10" in str(told)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("  - rules: loud.yaml\n", "steps.0..rules: step rules wants the score 'loudness' of resp"),
        ("SCORE  - drop: loudnes > 1\n", "did you mean 'loudness'"),
        ("SCORE  - drop: wrods > 1\n", "did you mean 'words'"),
        ("SCORE  - drop: {where: loudness > 1, field: prompt}\n", "name prompt in its fields"),
        ("SCORE  - repair\n  - drop: loudness > 1\n", "put step shouting behind repair"),
        ("SCORE  - substring_dedup\n  - drop: loudness > 1\n", "behind substring_dedup"),
        ("SCOREOTHER  - drop: loudness > 1\n", "leave one of them: shouting and shouting-2"),
        ("SCORE  - drop: mood = 'calm'\n", "step shouting gives a label"),
        ("  - drop: loudness > 1\nSCORE", "put a signal step before this one"),
    ],
)
def test_a_score_that_no_step_gives_is_told_with_its_line(
    scored: Workbench, steps: str, words: str
) -> None:
    with pytest.raises(RecipeProblemsError, match=words):
        written = steps.replace("SCORE", step(scored)).replace("OTHER", step(scored, factor=2))
        built(scored, written)


def test_of_steps_that_give_the_same_values_any_will_do(scored: Workbench) -> None:
    version = built(scored, step(scored) * 2 + "  - drop: loudness > 8\n")
    assert len(dropped(version)) == 3


def test_a_step_that_scrubs_is_no_change_in_between(scored: Workbench) -> None:
    version = built(scored, step(scored) + "  - secrets\n  - drop: loudness > 8\n")
    assert len(dropped(version)) == 3


def test_a_store_that_lost_values_says_so_and_what_it_advises_helps(scored: Workbench) -> None:
    built(scored, step(scored))
    for path in (scored.store.folder / "signals").glob("*.parquet"):
        table = pq.read_table(path)
        path.chmod(0o644)
        pq.write_table(table.filter(pc.not_equal(table["signal"], "loudness")), path)
    steps = step(scored) + "  - drop: loudness > 8\n"
    with pytest.raises(OperatorError, match=r"no stored value of 'loudness'.*\n?.*`cache`"):
        built(scored, steps)
    shutil.rmtree(scored.store.folder / "cache")
    assert len(dropped(built(scored, steps))) == 3


def test_a_pack_is_tested_by_examples_with_scores(tmp_path: Path) -> None:
    from curate.rulepacks import check_pack

    assert check_pack(PACK.encode()) == []
    wrong = PACK.replace("{scores: {loudness: 9}}", "{scores: {loudness: 7}}")
    assert "passes and should fail" in str(check_pack(wrong.encode()))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("scores: {loudness: 9}", "scores: {loudnes: 9}", "did you mean 'loudness'"),
        ("scores: {loudness: 9}", "scores: {loudness: loud}", "is a number, not 'loud'"),
        ("scores: {mood: calm}", "scores: {mood: 1}", "is a label, not 1"),
        ("loudness > limit", "loudnes > limit", "did you mean `loudness`"),
        ("loudness: Capital", "words: Capital", "a signal of curate has this name"),
        ("loudness: Capital", "Loud-ness: Capital", "a name has a to z"),
        ("type: label", "type: lable", "label"),
        ("rules:\n", f"lines:\n{LINE}rules:\n", "has no `lines`"),
    ],
)
def test_what_is_wrong_with_scores_of_a_pack_is_told(old: str, new: str, words: str) -> None:
    from curate.rulepacks import check_pack

    problems = check_pack(PACK.replace(old, new, 1).encode())
    assert words in "; ".join(problem.what for problem in problems)


def test_values_of_rules_that_the_store_lost_are_made_of_stored_scores(scored: Workbench) -> None:
    steps = step(scored, field="prompt response") + "  - rules: loud.yaml\n"
    version = built(scored, steps)
    with scored.store.commit() as catalog:
        catalog.execute("DELETE FROM cat.base.files WHERE kind = 'judged'")
    (outcome,) = whatif(version, ["shouts=20"])
    assert (outcome.gained.records, outcome.measured.again) == (3, len(TEXTS))


def test_another_limit_of_a_drop_is_told_as_its_setting(scored: Workbench) -> None:
    from curate.history.used_rules import used_rules
    from curate.history.whatif_changes import parse_changes
    from curate.history.whatif_settings import settings_of

    version = built(scored, step(scored) + "  - drop: {where: loudness > limit, limit: 9}\n")
    changes = parse_changes(used_rules(version), ["drop=20"])
    assert settings_of(version, "drop", changes) == {"where": "loudness > limit", "limit": 20}
    assert settings_of(version, "drop", parse_changes(used_rules(version), ["drop=off"])) == {}

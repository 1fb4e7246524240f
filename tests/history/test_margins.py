"""Preference pairs by their external and implicit margins."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from curate.build.scoring import score
from curate.cli import curate
from curate.errors import RefusedError, UsageError
from curate.history.margin_zones import view
from curate.history.margins import Margins, margins
from curate.operator import SignalOperator
from curate.recipe import load_code
from curate.recipe.step import written_steps
from curate.store import Version
from tests.conftest import Workbench

OWN = '''
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

import pyarrow as pa

from curate.operator import SignalOperator

FOUND = re.compile(r"%s is (-?[0-9]+[.][0-9]+)")


class Read(SignalOperator):
    """Reads the numbers that texts tell of themselves."""

    name: ClassVar[str] = "read_%s"
    version: ClassVar[int] = 1

    bias: float = 0.0

    def fields(self) -> Sequence[str]:
        return %s

    def signals(self) -> Mapping[str, str]:
        return {"%s": "A number."}

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        found = [FOUND.search(text) for text in texts.to_pylist()]
        values = [one and float(one[1]) + self.bias for one in found]
        return {"%s": pa.array(values, pa.float64())}
'''
EXTERNAL = "chosen_reward - rejected_reward"
PAIRS = [
    # chosen reward, rejected reward, margin
    *((0.5, 0.5, 0.1), (0.2, 0.4, -3.0), (0.9, 0.1, 3.0), (0.9, 0.2, 2.0)),
    *((0.8, 0.2, 0.5), (0.7, 0.1, 0.0), (0.7, 0.2, -0.5), (0.9, 0.0, -2.5)),
]


def row(number: int, chosen: float, rejected: float, margin: float) -> dict[str, str]:
    said = f"It is number {number}, its reward is {chosen} and its dpo_margin is {margin} as told."
    return {
        "prompt": f"What is number {number}?",
        "chosen": said,
        "rejected": f"No, the reward is {rejected}.",
    }


@pytest.fixture
def version(bench: Workbench, registry: None) -> Version:
    """Eight pairs with both margins, and one without scores."""
    for name, fields in (("reward", ("chosen", "rejected")), ("dpo_margin", ("preference",))):
        path = bench.folder / f"{name}.py"
        path.write_text(OWN % (name, name, fields, name, name))
        load_code(path)
    rows = [row(number, *values) for number, values in enumerate(PAIRS)]
    bench.write([*rows, {"prompt": "And now?", "chosen": "Yes.", "rejected": "No."}])
    built = bench.build(bench.recipe("  - read_reward\n  - read_dpo_margin\n")).version
    assert built is not None
    return built


def by_zone(found: Margins, **options: Any) -> dict[str, int]:
    seen = view(found, **{"noise": 0.0, "learned": 1.0, "bins": 3, "samples": 2} | options)
    return {one.zone: one.pairs for one in seen.zones}


def run(version: Version, *arguments: str) -> str:
    said = ["margins", version.ref, "--store", str(version.folder), *arguments]
    return CliRunner().invoke(curate, said, catch_exceptions=False).output


def test_each_pair_has_the_margins_of_its_two_answers(version: Version) -> None:
    found = margins(version, EXTERNAL, "dpo_margin")
    texts = version.payloads(found.keys["hash"].to_pylist())
    for at, digest in enumerate(found.keys["hash"].to_pylist()):
        content = texts[digest]
        number = content["messages"][0]["content"].removesuffix("?").rpartition(" ")[2]
        sides = (content["messages"][1]["content"], content["rejected"][0]["content"])
        assert found.gap[at] == len(sides[0]) - len(sides[1])
        if number == "now":
            assert np.isnan(found.external[at])
            assert np.isnan(found.implicit[at])
        else:
            chosen, rejected, margin = PAIRS[int(number)]
            assert found.external[at] == pytest.approx(chosen - rejected)
            assert found.implicit[at] == margin


def test_zones_part_the_pairs_and_those_without_a_margin_are_counted(version: Version) -> None:
    found = margins(version, EXTERNAL, "dpo_margin")
    assert by_zone(found) == {"noise": 2, "learned": 2, "to learn": 3, "disputed": 1}
    assert by_zone(found, noise=10.0)["noise"] == 8
    seen = view(found, 0.0, None, 3, 2)
    assert (seen.pairs, seen.without) == (8, 1)
    assert seen.learned == np.quantile([abs(one[2]) for one in PAIRS], 0.75)


def test_a_pair_at_a_limit_is_noise_but_not_learned_nor_disputed(version: Version) -> None:
    found = margins(version, "dpo_margin", "dpo_margin")
    assert by_zone(found, noise=0.5, learned=2.0) == {
        **{"noise": 6, "learned": 1, "to learn": 1, "disputed": 0}
    }
    against = found._replace(external=np.ones(9))
    assert by_zone(against, learned=2.5)["disputed"] == 1


def test_bins_hold_every_pair_once_and_as_many_as_ties_allow() -> None:
    generator = np.random.default_rng(4)
    numbers = generator.normal(size=(3, 600))
    numbers[1] = np.round(numbers[1])
    drawn = np.arange(600, dtype=np.uint64)
    found = Margins(keys(600), numbers[0], numbers[1], numbers[2], drawn)
    seen = view(found, 0.0, None, 4, 0)
    assert sum(map(sum, seen.counts)) == 600
    assert [sum(counts) for counts in seen.counts] == [150] * 4
    for at, low in enumerate(seen.external_edges[:-1]):
        high = seen.external_edges[at + 1]
        inside = (numbers[0] >= low) & ((numbers[0] < high) | (at == 3))
        assert sum(seen.counts[at]) == inside.sum()


def keys(number: int) -> Any:
    import pyarrow as pa

    return pa.table({"id": [bytes([one % 256]) for one in range(number)]})


def test_correlations_are_spearmans() -> None:
    from scipy.stats import spearmanr

    generator = np.random.default_rng(5)
    external = np.round(generator.normal(size=500), 1)
    implicit = np.round(external + generator.normal(size=500), 1)
    gap = np.ones(500)
    found = Margins(keys(500), external, implicit, gap, np.arange(500, dtype=np.uint64))
    told = view(found, 0.0, None, 4, 0).correlations
    assert told["external and implicit"] == pytest.approx(
        spearmanr(external, implicit).statistic, abs=1e-4
    )
    assert told["external and length"] is None


def test_a_split_is_laid_out_alone(version: Version, bench: Workbench) -> None:
    steps = "  - read_reward\n  - read_dpo_margin\n  - split: {eval: 0.5}\n"
    assert bench.build(bench.recipe(steps)).version is not None
    parts = [bench.store.version(f"support:{name}") for name in ("train", "eval")]
    counts = [len(margins(part, EXTERNAL, "dpo_margin").gap) for part in parts]
    assert sum(counts) == len(PAIRS) + 1
    assert min(counts) > 0


def test_scores_of_several_models_are_told_apart(version: Version, bench: Workbench) -> None:
    score(bench.store, version, written_steps(["read_dpo_margin: {bias: 10}"], Path()))
    with pytest.raises(UsageError, match=r"several models.*Choose one: --model"):
        margins(version, EXTERNAL, "dpo_margin")
    (step,) = written_steps(["read_dpo_margin: {bias: 10}"], Path())
    assert isinstance(step.operator, SignalOperator)
    fingerprint = step.operator.signal_fingerprint()
    found = margins(version, EXTERNAL, "dpo_margin", [fingerprint[:8]])
    assert np.nanmax(found.implicit) == 13.0
    with pytest.raises(UsageError, match="Those that are known"):
        margins(version, EXTERNAL, "dpo_margin", ["no such"])


@pytest.mark.parametrize(
    ("external", "words"),
    [
        ("chosen_rewrd - rejected_reward", "(?i)did you mean 'reward'[?]$"),
        ("chosen_reward -", "no expression"),
        ("3", "names no signal"),
        ("chosen_reward || 'a'", "is no number"),
        ("system_reward", "on the spot: `curate score` measures one"),
    ],
)
def test_a_wrong_expression_is_told(version: Version, external: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        margins(version, external, "dpo_margin")


def test_what_has_no_pairs_or_no_margin_is_refused(version: Version, filled: Workbench) -> None:
    text = filled.recipe("  - exact_dedup\n", "{path: data/tickets.jsonl, name: t}", "plain")
    filled.write([{"prompt": "Who?", "response": "I."}])
    built = filled.build(text).version
    assert built is not None
    with pytest.raises(RefusedError, match="no preference pairs"):
        margins(built, "chosen_words", "rejected_words")
    found = margins(version, EXTERNAL, "dpo_margin")
    with pytest.raises(RefusedError, match="no pair of 9 has both"):
        view(found._replace(implicit=np.full(9, np.nan)), 0.0, None, 3, 1)


def test_the_command_shows_zones_bins_and_samples(version: Version) -> None:
    shown = run(version, "--external", EXTERNAL, "--learned", "1", "--bins", "2")
    assert "8 pairs, 1 without a margin" in shown
    assert "dpo_margin is -2.5" in shown
    assert "rank correlation of external and implicit" in shown
    assert "- drop: {where: (dpo_margin) > limit, limit: 1.0, field: chosen" in shown
    assert "rule: noise" not in shown
    told = json.loads(run(version, "--external", EXTERNAL, "--learned", "1", "--json"))
    assert [(one["zone"], one["pairs"]) for one in told["zones"]] == [
        *(("noise", 2), ("learned", 2), ("to learn", 3), ("disputed", 1))
    ]
    assert all(len(one["samples"]) == 1 for one in told["zones"])
    assert told == json.loads(run(version, "--external", EXTERNAL, "--learned", "1", "--json"))


def test_the_step_it_proposes_drops_the_zone(version: Version, bench: Workbench) -> None:
    told = json.loads(run(version, "--external", EXTERNAL, "--learned", "1", "--json"))
    (step,) = told["steps"]
    steps = f"  - read_reward\n  - read_dpo_margin\n  - {json.dumps(step)}\n"
    built = bench.build(bench.recipe(steps)).version
    assert built is not None
    assert [row["rule"] for row in built.ledger().to_pylist() if row["action"] == "drop"] == [
        *(["learned"] * 2)
    ]


def test_contents_that_were_erased_are_said_to_be_gone(version: Version, bench: Workbench) -> None:
    from curate.upkeep.forget import forget
    from curate.upkeep.holders import Asked

    found = margins(version, EXTERNAL, "dpo_margin")
    at = int(np.nanargmin(found.implicit))
    forget(bench.store, Asked((found.keys["id"][at].as_py().hex(),)), "asked for")
    rest = margins(bench.store.version("support"), EXTERNAL, "dpo_margin")
    assert np.nanmin(rest.implicit) > np.nanmin(found.implicit)

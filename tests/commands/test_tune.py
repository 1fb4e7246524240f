"""The command `tune`: its page, its questions, and what it says of wrong input."""

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.commands.conftest import ESCAPE
from tests.conftest import Workbench

PACK = """
pack: mine
version: 1
what: Mine.
rules:
  - {id: short, what: S., why: T., where: characters < limit, limit: 10, good: [aaaaaaaaaaaaaa],
     bad: [a]}
  - {id: loud, what: L., why: T., match: "[A-Z]{3}", good: [a], bad: [AAA]}
"""

Tune = Callable[..., Result]


@pytest.fixture
def tuned(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """A version of 60 answers of 1 to 60 letters; the working directory is an empty folder."""
    (bench.folder / "mine.yaml").write_text(PACK)
    rows = [{"prompt": f"Question {n}?", "response": "x" * n} for n in range(1, 61)]
    rows[11]["response"] = ESCAPE
    bench.write(rows)
    bench.build(bench.recipe("  - rules: {pack: mine.yaml}\n"))
    (bench.folder / "here").mkdir()
    monkeypatch.chdir(bench.folder / "here")
    return bench


@pytest.fixture
def tune(tuned: Workbench) -> Tune:
    """Run the command; it must end as it should."""
    from curate.cli import curate

    def run(*words: str, code: int = 0, typed: str = "") -> Result:
        asked = ["tune", "support", *words, "--store", str(tuned.store.folder)]
        result = CliRunner().invoke(curate, asked, input=typed)
        found = getattr(result.exception, "exit_code", result.exit_code)
        assert found == code, result.output + repr(result.exception)
        return result

    return run


def test_the_page_has_bars_percentiles_limits_and_samples(tune: Tune) -> None:
    lines = tune("short", "--samples", "2").stdout.splitlines()
    assert "Smaller values of characters fail." in "\n".join(lines)
    marks = [at for at, line in enumerate(lines) if line.endswith("limit 10")]
    assert "░" in lines[marks[-1] - 1]
    assert "█" in lines[marks[-1] + 1]
    assert any(line.split()[:1] == ["smallest"] for line in lines)
    (now,) = (line.split() for line in lines if line.endswith("now"))
    assert now[:3] == ["10", "9", "15.00"]
    assert [line.split()[:2] for line in lines if line.startswith("fails ")] == [
        ["fails", "9"], ["fails", "8"]
    ]  # fmt: skip


@pytest.mark.parametrize("width", [80, 120])
def test_the_bars_fit_the_width(tuned: Workbench, width: int) -> None:
    from curate.history.tune import tune
    from curate.history.tune_report import bars

    found = tune(tuned.store.version("support"), "short")
    lines = [line.plain for line in bars(found, width, symbols=True)]
    assert max(map(len, lines)) <= width
    assert max(map(len, lines)) > width - 10
    assert not any(
        ord(sign) > 127 for line in bars(found, width, symbols=False) for sign in line.plain
    )


def test_the_document_has_everything(tune: Tune) -> None:
    found = json.loads(tune("short", "--json", "--samples", "2").stdout)
    assert found["direction"] == {
        "fails": "smaller", "records": 60, "turning": 60, "equal_fails": False, "monotone": True
    }  # fmt: skip
    assert (found["came"], found["failing"]) == (60, 9)
    own = next(one for one in found["curve"] if one["limit"] == 10)
    assert own == {"limit": 10, "gained": 0, "lost": 0, "failing": 9, "share": 0.15}
    assert [one["value"] for one in found["failing_samples"]] == [9, 8]
    assert found["labelling"] is None
    assert found["settings"] == {}


def test_what_a_record_says_cannot_command_the_terminal(tune: Tune) -> None:
    for more in ((), ("--label", "60")):
        page = tune("short", "--samples", "60", *more, typed="g\n" * 60).stdout
        assert "owned" in page
        assert "\x1b" not in page
        assert "\u202e" not in page


def answers(asked: str) -> str:
    """Keys for the records in the order that they were asked about: below 30 letters is bad."""
    told = [line.split()[-1] for line in asked.splitlines() if line.startswith("  assistant")]
    return "".join("b\n" if len(ESCAPE if "2J" in one else one) < 30 else "g\n" for one in told)


def test_labels_from_a_pipe_recommend_a_limit_and_settings(tune: Tune) -> None:
    asked = tune("short", "--label", "60", typed="s\n" * 60).stdout
    Path("labels-short.jsonl").unlink()
    page = tune("short", "--label", "60", typed=answers(asked)).stdout
    assert "60 labels kept in labels-short.jsonl." in page
    assert "Recommended limit: 30, 95 % interval" in page
    assert "limits: {short: 30}" in page
    found = json.loads(tune("short", "--labels", "labels-short.jsonl", "--json").stdout)
    advice = found["labelling"]["advice"]
    assert advice["best"]["limit"] == 30
    assert advice["best"]["balanced_accuracy"] == 1
    assert advice["present"]["precision"]["share"] == 1
    assert found["settings"] == {"limits": {"short": 30}}
    stricter = tune("short", "--labels", "labels-short.jsonl", "--precision", "0.5").stdout
    assert "drops most with at least 50 % bad among it" in stricter


def test_neither_the_value_nor_the_verdict_is_told_before_the_label(tune: Tune) -> None:
    asked = tune("short", "--label", "10", typed="q\n").stdout
    question = asked.partition("0 labels")[0]
    assert question.startswith("1 of 10\n  user  Question")
    assert not any(word in question for word in ("fail", "pass", "limit", "characters"))


def test_labelling_goes_on_where_it_stopped(tune: Tune) -> None:
    first = tune("short", "--label", "20", typed="g\nb\nq\n").stdout
    assert "2 labels kept in labels-short.jsonl." in first
    assert "too few" in first
    second = tune("short", "--label", "20", typed="u\nx\nb\nu\ns\n").stdout
    assert "2 of 20 have their label already." in second
    assert "nothing to undo" in second
    assert "one of: g good (keep)" in second
    lines = Path("labels-short.jsonl").read_text().splitlines()
    labels = [json.loads(line)["label"] for line in lines]
    assert labels == ["good", "bad", "bad", None, "skip"]
    assert "1 good, 1 bad, 1 skipped" in second


def test_ctrl_c_keeps_what_was_labelled(tuned: Workbench) -> None:
    ours, theirs = pty.openpty()
    words = ["tune", "support", "short", "--label", "9", "--store", str(tuned.store.folder)]
    with subprocess.Popen(
        [sys.executable, "-m", "curate", *words],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as started:
        assert started.stdout is not None
        for key in (b"b", b"G", b"\x03"):
            assert any("q quit" in line for line in started.stdout)
            time.sleep(0.5)  # keys that come before it asks are thrown away
            os.write(ours, key)
        said = started.stdout.read()
    os.close(theirs)
    os.close(ours)
    assert started.returncode == 130, said
    assert "2 labels kept in labels-short.jsonl." in said
    assert "Traceback" not in said
    lines = Path("labels-short.jsonl").read_text().splitlines()
    assert [json.loads(line)["label"] for line in lines] == ["bad", "good"]


def test_the_html_page_is_written(tune: Tune) -> None:
    assert "page: out.html" in tune("short", "--html", "out.html").stdout
    page = Path("out.html").read_text()
    assert "</html>" in page
    assert page.count('<details class="record"') == 60
    assert "\x1b" not in page


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["shrt"], 5, "Did you mean 'short'?"),
        (["loud"], 7, "it has a pattern, and no limit to tune"),
        (["short", "--labels", "none.jsonl"], 4, "none.jsonl: cannot be read"),
        (["short", "--labels", "bad.jsonl"], 4, "bad.jsonl:1: no JSON"),
        (["short", "--label", "3", "--labels", "bad.jsonl"], 4, "bad.jsonl:1: no JSON"),
        (["short", "--html", "bad.jsonl"], 7, "is no page that curate made"),
        (["short", "--html", "bad.jsonl/deep.html"], 6, "cannot be written"),
        (["short", "--label", "3", "--labels", "bad.jsonl/deep"], 6, "cannot be written"),
        (["short", "--label", "3", "--json"], 2, "--labels FILE --json"),
        (["short", "--precision", "0.9"], 2, "there are no labels"),
    ],
)
def test_wrong_input_is_told(tune: Tune, words: list[str], code: int, said: str) -> None:
    Path("bad.jsonl").write_text("{bad\n")
    assert said in str(tune(*words, code=code).exception)
    assert Path("bad.jsonl").read_text() == "{bad\n"


def test_a_split_and_an_unknown_version_are_told(tuned: Workbench) -> None:
    from curate.cli import curate

    for ref, said in (("support:train", "rules come before splits"), ("support@9", "support")):
        asked = ["tune", ref, "short", "--store", str(tuned.store.folder)]
        assert said in str(CliRunner().invoke(curate, asked).exception)

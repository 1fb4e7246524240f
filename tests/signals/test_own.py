"""Signals of the user's own: expressions in packs and recipes, functions in files and packages."""

import subprocess
import sys
from pathlib import Path

import pytest

from curate.errors import RecipeError, RefusedError
from curate.history.whatif import whatif
from curate.recipe import load_code
from curate.rulepacks import check_pack, parse_pack
from curate.rulepacks.definitions import definition_faults, expanded
from curate.signals import SIGNALS
from tests.conftest import Workbench

DENSE = """\
pack: dense
version: 1
what: Long lines.
signals:
  per_line: characters / greatest(lines, 1)
  half: per_line / 2
rules:
  - id: dense
    what: Long lines.
    why: A test.
    where: half > limit
    limit: 20
    value: per_line
    good: ["short\\nlines"]
    bad: ["a line that is by far longer than forty characters"]
"""
VOWELS = '''
import pyarrow as pa
from curate.signals import text_signal


@text_signal("letters", pa.int64())
def vowels(texts: pa.StringArray) -> pa.Array:
    """Number of vowels."""
    return pa.array([None if t is None else count(t) for t in texts.to_pylist()])


def count(text: str) -> int:
    return sum(letter in "aeiou" for letter in text)
'''
FEW = """\
pack: few
version: 1
what: Few vowels.
rules:
  - {id: few, what: Few., why: A test., where: vowels < limit, limit: 3, good: [aeiou], bad: [xyz]}
"""


def test_a_pack_defines_signals_over_others_and_over_those_before_them() -> None:
    assert check_pack(DENSE.encode()) == []
    (rule,) = parse_pack(DENSE.encode()).rules
    assert rule.where == "((characters / greatest(lines, 1)) / 2) > limit"


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        ({"words": "lines"}, "a signal of curate has this name"),
        ({"Mine": "lines"}, "a name has a to z"),
        ({"mine": "lins + 1"}, "`lins` is no signal; did you mean `lines`?"),
        ({"mine": "1 + 1"}, "it names no signal"),
        ({"mine": "(SELECT 1)"}, "subquery"),
        ({"mine": "read_text('/etc/passwd')"}, "function read_text is not allowed"),
        ({"mine": "theirs", "theirs": "mine"}, "`theirs` is no signal"),
        ({"mine": "language + 1"}, "it does not run"),
    ],
)
def test_a_wrong_definition_is_explained(definition: dict[str, str], found: str) -> None:
    faults = [fault.what for fault in definition_faults(definition, SIGNALS)]
    assert found in faults[0]


def test_a_definition_is_no_part_of_a_text() -> None:
    assert expanded("a = 'a' and b", {"a": "words"}) == "(words) = 'a' and b"


def test_a_step_measures_what_the_recipe_defines(bench: Workbench) -> None:
    bench.write([{"prompt": "?", "response": "one two three"}])
    steps = "  - measure: {fields: response, signals: words, define: {twice: words * 2}}\n"
    bench.build(bench.recipe(steps))
    rows = bench.store.sql("SELECT signal, value FROM signals ORDER BY signal").to_pylist()
    assert rows == [{"signal": "twice", "value": 6.0}, {"signal": "words", "value": 3.0}]


@pytest.mark.usefixtures("registry")
def test_a_function_of_a_file_is_a_signal_that_rules_name(bench: Workbench) -> None:
    code, pack = bench.folder / "vowels.py", bench.folder / "few.yaml"
    code.write_text(VOWELS)
    pack.write_text(FEW)
    assert "`vowels` is no signal" in str(check_pack(FEW.encode())[0])
    load_code(code)
    bench.write([{"prompt": "?", "response": each} for each in ("xyz", "a e i o u")])
    recipe = bench.recipe("  - rules: ./few.yaml\n")
    built = bench.build(recipe, allow_code=(code,))
    assert built.version is not None
    assert built.outcome.dropped == 1
    before = built.version.recipe["steps"][0]["fingerprint"]
    code.write_text(VOWELS.replace("aeiou", "aeiouy"))
    load_code(code)
    again = bench.build(recipe, allow_code=(code,))
    assert again.version is not None
    assert again.version.recipe["steps"][0]["fingerprint"] != before
    del SIGNALS["vowels"]
    with pytest.raises(RefusedError, match="`vowels` is no signal"):
        whatif(again.version, ["few=5"])


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("def vowels", "def words"), "defines the signal 'words', which exists"),
        (('"""Number of vowels."""', "pass"), "does not say what it measures"),
        (("def vowels", "def Vowels"), "no name for a signal"),
    ],
)
def test_a_wrong_function_is_refused_and_changes_nothing(
    change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    file, before = tmp_path / "mine.py", dict(SIGNALS)
    file.write_text(VOWELS.replace(*change))
    with pytest.raises(RecipeError, match=message):
        load_code(file)
    assert before == SIGNALS


def test_an_installed_package_brings_signals_by_an_entry_point(tmp_path: Path) -> None:
    (tmp_path / "vowelled.py").write_text(VOWELS)
    info = tmp_path / "vowelled-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vowelled\nVersion: 1.5\n")
    (info / "entry_points.txt").write_text("[curate.signals]\nvowels = vowelled\n")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from curate.signals import SIGNALS; "
        "print(SIGNALS['vowels'].code.decode())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "vowelled==1.5\n"

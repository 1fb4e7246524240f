import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from curate.output import PIPE_WIDTH
from curate.patterns.pack import parse_patterns
from curate.patterns.shelf import SHIPPED, shipped_bytes
from curate.rulepacks import pack_bytes, pack_names, parse_pack
from curate.signals import SIGNALS
from tests.test_package import HEAVY

PACK = """\
pack: mine
version: 3
what: Mine.
rules:
  - id: short
    what: Too short.
    why: A test.
    where: words < limit
    limit: 3
    good: ["one two three"]
    bad: ["one", "\\e]0;owned\\a"]
  - {id: loud, what: Loud., why: Test., match: "[A-Z]{3}", field: prompt, good: [a], bad: [AAA]}
"""


def call(*arguments: str | Path, code: int = 0) -> Result:
    """Run `curate rules`; it must end as it should."""
    from curate.cli import curate

    result = CliRunner().invoke(curate, ["rules", *map(str, arguments)])
    found = getattr(result.exception, "exit_code", result.exit_code)
    assert (result.exit_code if found is None else found) == code, result.output + repr(
        result.exception
    )
    return result


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(PACK)
    return path


def test_every_shipped_pack_is_listed() -> None:
    listed = json.loads(call("list", "--json").stdout)
    assert [one["pack"] for one in listed] == [*pack_names(), *SHIPPED]
    page = call("list").stdout
    for one in listed:
        if one["pack"] in SHIPPED:
            patterns = parse_patterns(shipped_bytes(one["pack"]))
            assert (one["version"], one["what"]) == (patterns.version, patterns.what)
            assert one["rules"] == len(patterns.every_rule)
        else:
            pack = parse_pack(pack_bytes(one["pack"]))
            assert (one["version"], one["what"]) == (pack.version, pack.what)
            assert one["rules"] >= len(pack.rules)
        assert one["pack"] in page


def test_every_signal_is_listed_with_its_unit_and_what_it_is() -> None:
    listed = json.loads(call("list", "--signals", "--json").stdout)
    assert [one["signal"] for one in listed] == sorted(SIGNALS)
    page = call("list", "--signals").stdout
    for one in listed:
        known = SIGNALS[one["signal"]]
        assert (one["unit"], one["what"], one["of"]) == (
            *(known.unit, known.what, "text" if known.of_text else "record"),
        )
        assert one["unit"]
        assert one["what"]
        assert one["signal"] in page


def test_every_shipped_rule_is_explained_within_the_width_of_a_page() -> None:
    for name in (*pack_names(), *SHIPPED):
        page = call("explain", name).stdout
        assert max(map(len, page.splitlines())) <= PIPE_WIDTH
        words = " ".join(page.split())
        patterns = name in SHIPPED
        known = parse_patterns(shipped_bytes(name)) if patterns else parse_pack(pack_bytes(name))
        for rule in getattr(known, "every_rule" if patterns else "rules"):
            assert rule.id in words
            assert " ".join(rule.what.split()) in words
            assert " ".join(rule.why.split()) in words


def test_a_rule_is_explained_with_predicate_limit_field_and_examples(mine: Path) -> None:
    page = call("explain", mine).stdout
    assert "mine  version 3, 2 rules" in page
    lines = [" ".join(line.split()) for line in page.splitlines()]
    assert "short on the field of the step" in lines
    assert "where words < limit" in lines
    assert "limit 3" in lines
    assert f"signals words: {SIGNALS['words'].what}" in lines
    assert 'good "one two three"' in lines
    assert "loud on prompt" in lines
    assert "match [A-Z]{3}" in lines


def test_a_document_has_all_that_the_pack_says(mine: Path) -> None:
    found = json.loads(call("explain", mine, "--json").stdout)
    assert (found["pack"], found["version"], found["what"]) == ("mine", 3, "Mine.")
    short, loud = found["rules"]
    written = parse_pack(PACK.encode()).rules[0].model_dump(mode="json")
    assert short == written | {"on": "records", "pattern": None, "signals": ["words"]}
    assert (loud["pattern"], loud["signals"], loud["field"]) == ("[A-Z]{3}", [], "prompt")


def test_one_rule_is_named_with_a_dot_or_beside_its_pack(mine: Path) -> None:
    for pack, rule in (("chat", "refusal"), (str(mine), "loud")):
        together = call("explain", f"{pack}.{rule}")
        apart = call("explain", pack, rule)
        assert together.stdout == apart.stdout
        assert rule in together.stdout
        (one,) = json.loads(call("explain", f"{pack}.{rule}", "--json").stdout)["rules"]
        assert one["id"] == rule
    assert "short" not in call("explain", f"{mine}.loud").stdout


def test_one_rule_is_told_whole() -> None:
    (refusal,) = (r for r in parse_pack(pack_bytes("chat")).rules if r.id == "refusal")
    assert refusal.pattern is not None
    squeezed = "".join(call("explain", "chat.refusal").stdout.split())
    assert "".join(refusal.pattern.split()) in squeezed
    assert "".join(refusal.pattern.split()) not in "".join(call("explain", "chat").stdout.split())


def test_examples_cannot_command_the_terminal(mine: Path) -> None:
    for page in (call("explain", mine), call("explain", f"{mine}.short")):
        assert "owned" in page.stdout
        assert "\x1b" not in page.stdout
    mine.write_text(PACK.replace('"one", ', '"a b c \\e[31m", '))
    page = call("test", mine, code=3)
    assert "passes and should fail" in page.stdout
    assert "\x1b" not in page.stdout


@pytest.mark.parametrize(
    ("named", "code", "said"),
    [
        (["chta"], 5, "did you mean 'chat'?"),
        (["chta.refusal"], 5, "did you mean 'chat'?"),
        (["nowhere/x.yaml"], 5, "there is no such rule pack"),
        (["."], 4, "it cannot be read"),
        (["chat.refusals"], 5, "Did you mean 'refusal'?"),
        (["chat", "refusals"], 5, "Did you mean 'refusal'?"),
        (["chat", "zzz"], 5, "Its rules: empty-answer, "),
    ],
)
def test_what_is_not_there_is_told_with_what_is(named: list[str], code: int, said: str) -> None:
    if named == ["."]:
        named = ["./"]
    assert said in str(call("explain", *named, code=code).exception)


def test_a_wrong_pack_is_not_explained_but_its_problems_are_told(mine: Path) -> None:
    mine.write_text(PACK.replace("words <", "wrods <"))
    error = str(call("explain", mine, code=3).exception)
    assert error.startswith(f"{mine}:8: rule 'short'")
    assert "did you mean `words`?" in error


def test_the_examples_of_shipped_packs_show_what_they_should() -> None:
    page = call("test", *pack_names()).stdout
    for name, line in zip(pack_names(), page.splitlines(), strict=True):
        rules = parse_pack(pack_bytes(name)).rules
        examples = sum(len(rule.good) + len(rule.bad) for rule in rules)
        assert line.startswith(f"{name}: ")
        assert line.endswith(": all as they should be")
        if name == "chat":
            assert f"{len(rules)} rules, {examples} examples" in line


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("words <", "wrods <", 8, "`wrods` is no signal; did you mean `words`?"),
        ("words < limit", "words < < limit", 8, "it is no expression"),
        ("words < limit", "words + limit", 8, "must be true or false"),
        (
            "words < limit",
            "words < limit or (SELECT count(*) FROM read_text('/etc/passwd')) > 0",
            *(8, "subquery is not allowed"),
        ),
        (
            "words < limit",
            "\"words < limit or contains(read_text('/etc/passwd'), 'root')\"",
            *(8, "the function read_text is not allowed"),
        ),
        ('    good: ["one two three"]\n', "", 5, "`good` is missing"),
        ('good: ["one two three"]', "good: []", 10, "at least 1 item"),
        ('["one two three"]', '["one two"]', 10, "'one two' fails and should pass"),
        ('bad: ["one", ', 'bad: ["a b c", ', 11, "'a b c' passes and should fail"),
        ("what: Mine.", "what: [", 5, "expected"),
        ("what: Mine.", "what: \t- Mine.", 3, "cannot start any token"),
        ("version: 3", "version: three", 2, "`version`"),
        ('match: "[A-Z]{3}"', 'match: "[A-Z"', 12, "the pattern is not RE2"),
    ],
)
def test_each_mistake_of_a_pack_is_told_once_with_its_line(
    mine: Path, before: str, after: str, line: int, said: str
) -> None:
    assert PACK.count(before) == 1
    mine.write_text(PACK.replace(before, after))
    told = call("test", mine, code=3).stdout.splitlines()
    assert len(told) == 1, told
    assert told[0].startswith(f"{mine}:{line}: ")
    assert said in told[0]


def test_a_pack_that_is_no_text_is_told(mine: Path) -> None:
    mine.write_bytes(b"pack: \xff\xfe")
    (line,) = call("test", mine, code=3).stdout.splitlines()
    assert line.startswith(f"{mine}:1: ")


def test_one_wrong_pack_among_several_is_told_beside_the_others(mine: Path) -> None:
    wrong = mine.with_name("wrong.yaml")
    wrong.write_text(PACK.replace('["one two three"]', '["one two"]'))
    page = call("test", mine, wrong, "chat", code=3).stdout.splitlines()
    assert page[0] == f"{mine}: 2 rules, 5 examples: all as they should be"
    assert page[1].startswith(f"{wrong}:10: ")
    assert page[2].startswith("chat: ")
    found = json.loads(call("test", mine, wrong, "--json", code=3).stdout)
    assert found[0] == {"pack": str(mine), "rules": 2, "examples": 5, "problems": []}
    (problem,) = found[1]["problems"]
    assert problem["line"] == 10


def test_a_pack_that_is_not_there_cannot_be_tested() -> None:
    assert "did you mean 'chat'?" in str(call("test", "chta", code=5).exception)
    assert "there is no such rule pack" in str(call("test", "no/x.yaml", code=5).exception)


def test_help_of_the_group_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['curate', 'rules', '--help']\n"
        "from curate.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    print('IMPORTED', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    page, _, modules = done.stdout.partition("IMPORTED ")
    assert "explain" in page
    assert not set(modules.split()) & set(HEAVY)


PATTERNS = r"""
pack: house
version: 1
what: Keys of the house.
secrets:
  - {id: house-key, what: A key., why: A test., match: 'hk_\d{5}', bad: [hk_12345], good: [hk_1]}
"""


def test_a_pack_of_patterns_is_tested_and_explained_as_a_rule_pack(tmp_path: Path) -> None:
    assert "secrets: " in call("test", "secrets", "pii", "chat").stdout
    path = tmp_path / "house.yaml"
    path.write_text(PATTERNS)
    assert call("test", path).stdout == f"{path}: 1 rules, 2 examples: all as they should be\n"
    page = call("explain", f"{path}.house-key").stdout
    assert "hk_\\d{5}" in page
    assert json.loads(call("explain", path, "--json").stdout)["rules"][0]["id"] == "house-key"
    assert "'house-key'?" in str(call("explain", path, "hous-key", code=5).exception)
    path.write_text(PATTERNS.replace("bad: [hk_12345]", "bad: [hk_1]"))
    told = call("test", path, code=3).stdout
    assert f"{path}:6: rule 'house-key': the bad example 'hk_1' has nothing that is found" in told
    path.write_text(PATTERNS.replace("match:", "mach:"))
    assert "did you mean `match`?" in call("test", path, code=3).stdout
    assert "did you mean `match`?" in str(call("explain", path, code=3).exception)

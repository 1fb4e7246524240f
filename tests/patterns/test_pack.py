"""Every fault of a pack of patterns is told with its line and what would be right."""

from pathlib import Path

import pytest

from curate.patterns.pack import EntityPack, SecretPack, parse_patterns
from curate.patterns.shelf import read_patterns
from curate.patterns.tested import check_patterns
from curate.rulepacks.problem import PackError

HEAD = "pack: mine\nversion: 1\nwhat: Mine.\n"
SECRET = "- id: house-key\n  what: A key.\n  why: A test.\n"
ENTITY = "- id: BADGE\n  what: A badge.\n  why: A test.\n  score: 0.5\n"
EXAMPLES = "  good: [nothing]\n  bad: [hk_12345]\n"


def problems(content: str) -> list[str]:
    return list(map(str, check_patterns(content.encode())))


def test_a_right_pack_has_no_problem() -> None:
    assert problems(f"{HEAD}secrets:\n{SECRET}  match: 'hk_\\d+'\n{EXAMPLES}") == []
    assert problems(f"{HEAD}entities:\n{ENTITY}  list: [hk_12345]\n{EXAMPLES}") == []
    parsed = parse_patterns(f"{HEAD}secrets:\n{SECRET}  match: 'hk_\\d+'\n{EXAMPLES}".encode())
    assert isinstance(parsed, SecretPack)
    assert not isinstance(parsed, EntityPack)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (f"secrets:\n{SECRET}  match: '(?=a)b'\n{EXAMPLES}", "line 8: rule 'house-key': the pat"),
        (f"secrets:\n{SECRET}  match: 'hk_\\d*|'\n{EXAMPLES}", "matches the empty text"),
        (f"secrets:\n{SECRET}  match: hk\n  checksum: lunh\n{EXAMPLES}", "did you mean 'luhn'?"),
        (f"secrets:\n{SECRET}  match: hk\n  entorpy: 3\n{EXAMPLES}", "did you mean `entropy`?"),
        (f"secrets:\n{SECRET}  match: hk\n  entropy: high\n{EXAMPLES}", "`entropy`: "),
        (f"secrets:\n{SECRET}{EXAMPLES}", "line 5: rule 'house-key': `match` is missing"),
        (f"secrets:\n{SECRET}  match: hk\n  allow: [{{m: a}}]\n{EXAMPLES}", "what is allowed is"),
        (f"secrets:\n{SECRET}  match: hk\n  allow: [{{match: (}}]\n{EXAMPLES}", "not RE2"),
        (f"secrets:\n{SECRET}  match: hx\n{EXAMPLES}", "'hk_12345' has nothing that is found"),
        (f"secrets:\n{SECRET}  match: 'o'\n{EXAMPLES}", "example 'nothing' has something"),
        (
            f"secrets:\n{SECRET}  match: hk\n  good: [a]\n  bad: [{{join: [1]}}]\n",
            "`join` is a list",
        ),
        (f"secrets:\n{SECRET}  match: hk\n  good: [a]\n  bad: [{{a: b}}]\n", "a pattern is a text"),
        (f"secrets:\n{SECRET}  match: hk\n{EXAMPLES}{SECRET}  match: hk\n{EXAMPLES}", "on line 5"),
        (f"entities:\n{ENTITY}{EXAMPLES}", "one of `match` and `list`"),
        (f"entities:\n{ENTITY}  match: hk\n  list: [hk]\n{EXAMPLES}", "one of `match` and `list`"),
        (f"entities:\n{ENTITY.replace('BADGE', 'badge')}  match: hk\n{EXAMPLES}", "`id`: "),
        (f"entities:\n{ENTITY.replace('0.5', '5')}  match: hk\n{EXAMPLES}", "`score`: "),
        (
            f"secrets:\n{SECRET}  match: hk\n  good: [no]\n  bad: [hk]\n",
            "`good`: a text or",
        ),
        ("secrets: []\n", "`secrets`: "),
        ("secrets: nothing\n", "`secrets`: "),
        ("secret: []\n", "secrets or entities"),
        (f"allow: [{{match: '('}}]\nsecrets:\n{SECRET}  match: hk\n{EXAMPLES}", "line 4: `allow`"),
        ("secrets: &a []\nallow: *a\n", "write the value out"),
        ("secrets: [\n", "line "),
    ],
)
def test_a_fault_is_told_with_its_line(rules: str, said: str) -> None:
    found = problems(HEAD + rules)
    assert any(said in each for each in found), found
    assert all(each.startswith("line ") for each in found)


def test_all_faults_are_told_at_once() -> None:
    wrong = f"{HEAD}secrets:\n{SECRET}  match: (\n  checksum: x\n  what2: a\n{EXAMPLES}"
    assert len(problems(wrong.replace("  what2: a\n", ""))) == 2
    with pytest.raises(PackError) as caught:
        parse_patterns(wrong.encode())
    assert [one.line for one in caught.value.problems] == [10]


def test_a_list_finds_whole_values_in_any_case_and_the_longest() -> None:
    pack = f"{HEAD}entities:\n{ENTITY}  list: [ann, Ann Lee, C++]\n  good: [x]\n  bad: [ann]\n"
    (rule,) = parse_patterns(pack.encode()).every_rule
    text = "ANN, anna ann lee ann leex élann C++ c++."
    found = [text[start:end] for start, end in rule.places(text)]
    assert found == ["ANN", "ann lee", "ann", "C++", "c++"]


def test_a_pack_is_found_by_name_or_path_and_of_its_kind(tmp_path: Path) -> None:
    assert read_patterns("secrets", tmp_path, "secrets")
    (tmp_path / "mine.yaml").write_text(f"{HEAD}secrets:\n{SECRET}  match: hk\n{EXAMPLES}")
    assert read_patterns("mine.yaml", tmp_path, "secrets")
    for name, part, said in (
        ("secerts", "secrets", "did you mean 'secrets'?"),
        ("mine.yaml", "entities", "has no `entities`"),
        ("missing.yaml", "entities", "there is no such rule pack"),
        ("secrets", "entities", "has no `entities`"),
    ):
        with pytest.raises(ValueError, match="pack") as caught:
            read_patterns(name, tmp_path, part)
        assert said in str(caught.value)

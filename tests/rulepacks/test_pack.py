import pytest

from curate.rulepacks import PackError, check_pack, parse_pack

HEAD = "pack: mine\nversion: 1\nwhat: Mine.\nrules:\n"
RULE = """\
  - id: short
    what: Too short.
    why: A test.
    where: words < limit
    limit: 3
    good: ["one two three"]
    bad: ["one"]
"""


def problems(text: str) -> list[str]:
    return [str(problem) for problem in check_pack(text.encode())]


def test_a_right_pack_has_no_problems() -> None:
    assert problems(HEAD + RULE) == []
    [rule] = parse_pack((HEAD + RULE).encode()).rules
    assert (rule.id, rule.limit) == ("short", 3)


def test_an_alias_is_refused_before_it_is_followed() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nwhat: *b\n"
    assert problems(bomb) == ["line 2: got the alias '*a': write the value out"]


def test_all_problems_are_told_at_once_with_their_lines() -> None:
    text = (
        HEAD
        + RULE.replace("words <", "wrods <")
        + RULE.replace("short", "Too_Short").replace("why", "wy")
        + RULE.replace("    where: words < limit\n    limit: 3\n", "    match: '(a'\n")
    )
    assert problems(text) == [
        "line 8: rule 'short': `where`: `wrods` is no signal; did you mean `words`?",
        "line 12: rule 'Too_Short': `id`: string should match pattern '^[a-z0-9]+(-[a-z0-9]+)*$'",
        "line 12: rule 'Too_Short': `why` is missing",
        "line 14: rule 'Too_Short': unknown key `wy`; did you mean `why`?",
        "line 19: the rule id 'short' stands on line 5 already",
        "line 22: rule 'short': the pattern is not RE2: missing ): (a",
    ]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("words < limit", "words + limit", "must be true or false"),
        ("words < limit", "words < 3", "`where` does not use it"),
        ("    limit: 3\n", "", "the rule has none"),
        ("words < limit", "limit < 3", "names no signal"),
        ("words < limit", "regexp_matches(roles, '(') and words < limit", "does not run"),
        ("    limit: 3\n", "    limit: 3\n    field: answer\n", "no field that a rule can judge"),
        ("    limit: 3\n", "    limit: 3\n    field: record\n", "the field is `record`"),
        ("    limit: 3\n", "    limit: .nan\n", "finite"),
        (
            "    limit: 3\n",
            "    limit: 3\n    match: x\n",
            "one of `where`, `match`, `phrase` and `words`",
        ),
        ('good: ["one two three"]', "good: []", "at least 1 item"),
        ('["one two three"]', '["one two"]', "good example 'one two' fails and should pass"),
        ('bad: ["one"]', 'bad: ["a b c"]', "bad example 'a b c' passes and should fail"),
        ('bad: ["one"]', "bad: [{repeat: 'a ', times: 3}]", "passes and should fail"),
        ('bad: ["one"]', "bad: [{repeat: a, times: many}]", "`repeat` is a text"),
        ('bad: ["one"]', "bad: [{repeat: a, times: 99999999}]", "1,000,000 characters"),
        ('bad: ["one"]', "bad: [{messages: [hello]}]", "a turn is a mapping"),
        ('bad: ["one"]', "bad: [{mesages: []}]", "a record has no 'mesages'"),
    ],
)
def test_a_wrong_rule_is_explained(before: str, after: str, found: str) -> None:
    assert before in RULE
    assert found in "\n".join(problems(HEAD + RULE.replace(before, after)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "line 1: a rule pack is a mapping"),
        ("- a\n- b", "line 1: a rule pack is a mapping"),
        ("pack: a\npack: b", "line 2: the key 'pack' stands twice"),
        ("pack: [", "line 1: "),
        ("pack: !!python/object:os.system x", "line 1: "),
        ("pack: \xff".encode("latin-1").decode("latin-1") + "\x00", "line 1: "),
        ("rules: 3", "`rules`: "),
        ("rules: [3]", "rule 1: "),
        (HEAD + "  - 3", "rule 1: "),
    ],
)
def test_what_is_no_pack_is_told_and_never_raises(text: str, found: str) -> None:
    assert found in "\n".join(problems(text))


def test_parsing_raises_with_every_problem() -> None:
    with pytest.raises(PackError, match=r"line 5: .*line 8: .*line 10: ") as caught:
        parse_pack((HEAD + RULE.replace("words <", "word <").replace("good:", "god:")).encode())
    assert len(caught.value.problems) == 3

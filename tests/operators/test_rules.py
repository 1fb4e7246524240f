from pathlib import Path

import pytest

from curate.operators.rules import Rules
from curate.rulepacks import pack_bytes
from tests.operators.conftest import Working

PACK = """\
pack: mine
version: 1
what: Mine.
rules:
  - {id: short, what: Short., why: Test., where: words < limit, limit: 3, good: [a b c], bad: [a]}
  - {id: loud, what: Loud., why: Test., match: "[A-Z]{3}", good: [a], bad: [AAA]}
"""


def test_the_chat_pack_judges_real_shapes(working: Working) -> None:
    refused = [
        {"role": "user", "content": "Write a poem"},
        {"role": "assistant", "content": "I'm sorry, but I can't help with that."},
    ]
    table = Rules(pack="chat").judge(working({"messages": refused, "prompt_turns": 1}))
    assert table["rule"].to_pylist() == ["refusal"]
    assert (
        Rules(pack="chat", disable=("refusal",))
        .judge(working({"messages": refused, "prompt_turns": 1}))
        .num_rows
        == 0
    )


def test_a_pack_of_the_users_own_is_known_by_its_bytes_and_not_its_path(tmp_path: Path) -> None:
    first, second = tmp_path / "one.yaml", tmp_path / "two.yml"
    first.write_text(PACK)
    second.write_text(PACK)
    one = Rules(pack=str(first))
    assert one.fingerprint() == Rules(pack=str(second)).fingerprint()
    assert one.model_dump(mode="json")["pack"] == "mine"
    assert one.files() == (PACK.encode(),)
    assert one.rule_ids() == ["short", "loud"]
    first.write_text(PACK.replace("limit: 3", "limit: 2"))
    assert Rules(pack=str(first)).fingerprint() != one.fingerprint()


def test_the_shipped_bytes_are_in_the_fingerprint() -> None:
    assert Rules(pack="chat").files() == (pack_bytes("chat"),)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"pack": "caht"}, "no rule pack 'caht'. did you mean 'chat'?"),
        ({"pack": "missing/x.yaml"}, "there is no such rule pack"),
        ({"pack": "chat", "disable": ["refusals"]}, "no rule 'refusals'; did you mean 'refusal'?"),
        ({"pack": "chat", "limits": {"prompt-ecko": 1}}, "did you mean 'prompt-echo'?"),
        ({"pack": "chat", "limits": {"refusal": 1}}, "the rule 'refusal' has no limit to set"),
        ({"pack": "chat", "limits": {"empty-turn": "x"}}, "limit 'x' of 'empty-turn'"),
        ({"pack": "chat", "field": "answer"}, "'answer' is no field that can be judged"),
        ({"pack": "chat", "field": "all"}, "'all' is no field"),
    ],
)
def test_wrong_settings_are_told_in_one_sentence(settings: dict[str, object], found: str) -> None:
    with pytest.raises(ValueError) as caught:
        Rules.model_validate(settings)
    assert found in str(caught.value)


def test_the_problems_of_a_pack_are_told_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(PACK.replace("words", "wrods"))
    with pytest.raises(ValueError, match=r"line 5: rule 'short': .* did you mean `words`"):
        Rules(pack=str(path))


def test_its_rules_are_told_as_they_are_used(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(PACK)
    step = Rules(
        pack=str(tmp_path / "mine.yaml"), field="prompt", limits={"short": 5}, disable=("loud",)
    )
    (told,) = step.definitions()
    assert (told["id"], told["field"], told["limit"]) == ("short", "prompt", 5)
    assert told["where"] == "words < limit"

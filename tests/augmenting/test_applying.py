from collections.abc import Sequence
from typing import ClassVar

import pytest

from curate.augmenting.applying import pieces_of, reworded, seed_at
from curate.augmenting.augmenter import AUGMENTERS, Augmenter, Unit
from curate.augmenting.protecting import protected
from curate.augmenting.random_word import RandomWordAug
from curate.augmenting.registry import augmenter_of


class Shouting(Augmenter):
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""
    answer: str = ""

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        return [self.answer or text.upper() for text in texts]


class Whole(Shouting):
    unit: ClassVar[Unit] = "sentence"


class Passages(Shouting):
    unit: ClassVar[Unit] = "passage"


for _made in (Shouting, Whole, Passages):
    _made.name = _made.__name__


def test_a_helper_class_without_a_name_of_its_own_is_not_registered() -> None:
    assert not {"Shouting", "Whole", "Passages"} & set(AUGMENTERS)


def said(augmenter: Augmenter, text: str, seed: int = 1) -> str:
    return reworded(augmenter, [text], [protected(text)], [seed])[0]


def test_what_must_stay_stays_and_the_rest_is_reworded() -> None:
    text = "  see `a b` at https://x.org,\n\tor pay 5 kg of {it}  "
    assert said(Shouting(), text) == "  SEE `a b` AT https://x.org,\n\tOR PAY 5 kg OF {it}  "


@pytest.mark.parametrize("spacing", ["kept", "nlpaug"])
def test_the_share_of_words_that_are_changed_is_that_of_the_whole_text(spacing: str) -> None:
    text = " and ".join(f"some words `{number}` here" for number in range(30))
    for action in ("substitute", "delete"):
        settings = {"action": action, "aug_max": 3, "spacing": spacing}
        answer = said(augmenter_of("RandomWordAug", settings), text)
        kept = [word for word in answer.split() if word != "_"]
        assert len(text.split()) - len(kept) == 3


@pytest.mark.parametrize("action", ["substitute", "swap", "delete", "crop"])
@pytest.mark.parametrize(
    "text",
    [
        "  say it again to them\n~~~\ncode\n\n",
        "\n```\ncode\n```\nand then some words\n",
        "see https://x.org/a, and then (5 kg) of `it`: good",
        "one or \ue000 two `three` four \ue000 five six",
        "`a`b`c` and `d``e` with words",
    ],
)
def test_what_stays_does_so_at_the_edges_too(action: str, text: str) -> None:
    augmenter = augmenter_of("RandomWordAug", {"action": action, "aug_p": 0.7})
    kept = protected(text)
    assert kept
    answers = reworded(augmenter, [text] * 50, [kept] * 50, range(50))
    assert text not in answers or len(set(answers)) > 1
    for answer in answers:
        assert [answer.count(text[start:end]) for start, end in kept] == [
            text.count(text[start:end]) for start, end in kept
        ]
        assert answer.rstrip() + text[len(text.rstrip()) :] == answer
        assert text[: len(text) - len(text.lstrip())] + answer.lstrip() == answer


def test_an_empty_answer_leaves_the_text() -> None:
    class Silent(Shouting):
        def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
            return [" "] * len(texts)

    Silent.name = "Silent"
    assert said(Silent(), "a b `c` d") == "a b `c` d"


def test_an_answer_does_not_stick_to_what_stays() -> None:
    text = "see https://x.org, and `c`."
    assert said(Shouting(answer="x"), text) == "x https://x.org x `c`."


def test_whole_sentences_alone_are_given_to_what_must_understand_them() -> None:
    text = "It rains. We pay 5 euros. Go!\n- so it is\n`code`"
    assert said(Whole(), text) == "IT RAINS. We pay 5 euros. GO!\n- SO IT IS\n`code`"
    kept = protected(text)
    assert [text[a:b] for a, b in pieces_of(text, kept, "passage")] == [
        "It rains.",
        "Go!",
        "so it is",
    ]


def test_passages_are_sentences_that_follow_each_other_on_a_line() -> None:
    text = "It rains. So it is.\nAnd on."
    assert [text[a:b] for a, b in pieces_of(text, [], "passage")] == [
        "It rains. So it is.",
        "And on.",
    ]


def test_a_text_of_which_all_stays_is_left() -> None:
    assert reworded(Shouting(), ["`a` 5", "", " \n"], [[(0, 5)], [], []], [1, 2, 3]) == [
        "`a` 5",
        "",
        " \n",
    ]


def test_a_wrong_number_of_answers_is_a_fault_of_ours() -> None:
    class Short(Shouting):
        def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
            return []

    Short.name = "Short"
    with pytest.raises(RuntimeError, match="0 answers to 1 texts"):
        said(Short(), "a b")


def test_what_becomes_of_a_text_does_not_depend_on_those_beside_it() -> None:
    texts = [f"some words to change, number {n} `c` and then some more of them" for n in range(50)]
    kept = [protected(text) for text in texts]
    seeds = list(range(50))
    augmenter = RandomWordAug(action="swap")
    together = reworded(augmenter, texts, kept, seeds)
    assert together != texts
    turned = reworded(augmenter, texts[::-1], kept[::-1], seeds[::-1])[::-1]
    alone = [
        reworded(augmenter, [text], [stays], [seed])[0]
        for text, stays, seed in zip(texts, kept, seeds, strict=True)
    ]
    assert together == turned == alone


def test_seeds_differ_by_seed_and_place_and_have_32_bits() -> None:
    seeds = {seed_at(seed, place) for seed in range(50) for place in range(50)}
    assert len(seeds) == 2500
    assert all(0 <= seed < 2**32 for seed in [*seeds, seed_at(2**200 + 5, 0), seed_at(-1, 3)])

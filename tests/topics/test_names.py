"""Names of topics: class-based TF-IDF over words of any script."""

from math import log

import pyarrow as pa

from curate.topics.names import FEWEST, LISTED, named
from curate.topics.words import WORDS, counted


def count(*topics: list[str]) -> pa.Table:
    """The words of topics, given the texts of each."""
    texts = [(number, text) for number, each in enumerate(topics) for text in each]
    numbers = pa.array([number for number, _ in texts], pa.int64())
    return counted([(numbers, [pa.array([text for _, text in texts], pa.string())])])


def rows(table: pa.Table) -> set[tuple[object, ...]]:
    assert table.schema == WORDS
    return {tuple(row.values()) for row in table.to_pylist()}


def test_words_are_counted_by_topic_and_by_record() -> None:
    table = count(["Red red, BLUE!", "red"], ["blue"])
    assert rows(table) == {(0, "red", 3, 2), (0, "blue", 1, 1), (1, "blue", 1, 1)}


def test_a_word_of_two_fields_is_one_of_the_same_record() -> None:
    fields = [pa.array(["red", None]), pa.array(["red", "red"])]
    assert rows(counted([(pa.array([0, 0]), fields)])) == {(0, "red", 3, 2)}


def test_parts_and_their_order_make_no_difference() -> None:
    texts = [f"word{n % 7} word{n % 3}" for n in range(60)]
    whole = counted([(pa.array([n % 4 for n in range(60)]), [pa.array(texts)])])
    parts = [
        (pa.array([n % 4 for n in range(at, at + 5)]), [pa.array(texts[at : at + 5])])
        for at in range(55, -1, -5)
    ]
    assert rows(counted(parts)) == rows(whole)


def test_words_of_many_scripts_are_words() -> None:
    text = "Don’t ’quote’ naïve café_1 42 x Привет 東京都 Python3で กรุงเทพ ｆｕｌｌ"
    words = {row[1] for row in rows(count([text]))}
    latin = {"don't", "quote", "naïve", "café_1", "python3", "full", "привет"}
    assert latin | {"東京", "京都"} <= words
    assert not words & {"42", "x", "東京都", "’quote’"}


def test_what_is_behind_the_first_characters_is_not_read() -> None:
    assert {row[1] for row in rows(count(["aa " * 3000 + "behind"]))} == {"aa"}


def test_weights_are_those_of_the_paper() -> None:
    """W = tf log(1 + A / f), by hand: of equal shares of records the heavier word comes first."""
    often, topical = "often " * 9, "topical " * 5
    for elsewhere, first in ((1, "often"), (30, "topical")):
        others = ["often " * elsewhere + "other"] * 11 + ["other"] * 24
        table = count([often + topical] * 10, others)
        average = (10 * 14 + 11 * elsewhere + 35) / 2
        frequency = {"often": 90 + 11 * elsewhere, "topical": 50}
        weights = {
            word: times * log(1 + average / frequency[word])
            for word, times in (("often", 90), ("topical", 50))
        }
        assert max(weights, key=lambda word: weights[word]) == first
        assert named(table, [10, 35])[0].words[0] == first


def test_what_all_topics_say_names_none() -> None:
    topics = [[f"the the the of and {name} is a"] * 20 for name in ("cake", "engine", "poem")]
    assert [one.name for one in named(count(*topics), [20] * 3)] == ["cake", "engine", "poem"]


def test_what_few_records_say_is_told_nowhere() -> None:
    rare = "smithson"
    topics = [[f"{rare} {rare} cake"] * (FEWEST - 1) + ["cake"] * 20, ["engine"] * 24]
    assert named(count(*topics), [24, 24])[0].words == ("cake",)
    topics[0].append(rare)
    assert rare in named(count(*topics), [25, 24])[0].words


def test_names_are_unique_and_forms_of_one_word_count_once() -> None:
    forms = "recipe recipes cake cakes sugar"
    first, second = named(count([forms] * 9, ["red blue"] * 9, []), [9, 9, 0])[:2]
    assert first.words == ("cake", "recipe", "sugar")
    assert second.name == "blue-red"
    many = [["aa bb cc dd"] * 9, ["aa bb cc ee"] * 9, ["zz"] * 400]
    names = [one.name for one in named(count(*many), [9, 9, 400])]
    assert names[:2] == ["aa-bb-cc", "ee-aa-bb"] or len(set(names)) == 3
    nothing = named(count(["1"] * 9, ["2"] * 9), [9, 9])
    assert [one.name for one in nothing] == ["topic-1", "topic-2"]


def test_a_topic_tells_some_words() -> None:
    words = " ".join(f"{chr(97 + n)}{chr(97 + n)}" for n in range(26))
    assert len(named(count([words] * 9, ["other"] * 9), [9, 9])[0].words) == LISTED

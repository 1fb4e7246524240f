"""Faults of published tools that this one must not have (each test is named after its promise)."""

import pytest

from tests.contamination.suites import asked, checked, places, suite

STOCK = "what is the best way to do this in"
"""Eight words and one more that many prompts have."""

QUESTION = f"{STOCK} a small garden with clay soil where tomatoes failed for two years running?"


def test_open_instruct_no_hit_is_lost_behind_the_first_hundred() -> None:
    """Its search gives the 100 best records of each 8-gram, so that popular ones hide the rest."""
    records = [asked(place, [f"{QUESTION} Number {place}."]) for place in range(2_500)]
    found = checked(records, suite(asked(9_000, [QUESTION])))
    assert places(found) == list(range(2_500))


def test_open_instruct_a_repeated_sequence_covers_all_its_places() -> None:
    """Its table holds one place for each 8-gram, and the last one wins."""
    refrain = "row row row your boat gently down the"
    instance = f"{refrain} river and {refrain} stream"
    (one,) = checked([asked(0, [refrain])], suite(asked(9, [instance]))).worst
    assert one.share == round(16 / 19, 4)


def test_open_instruct_length_and_match_count_the_same_words() -> None:
    """It counts signs as words where it measures, and drops them where it matches."""
    instance = "( 1 ) , ( 2 ) ; - take two apples , three pears ; and - then - four plums !"
    plain = "1 2 take two apples three pears and then four plums"
    assert checked([asked(0, [plain])], suite(asked(9, [instance]))).worst[0].share == 1.0


@pytest.mark.parametrize("question", ["George Rankin", "occupation", "Who is George Rankin?"])
@pytest.mark.parametrize("around", ["{}", "Answer this, please: {} Be brief."])
def test_open_instruct_instances_of_fewer_words_are_matched_whole(
    question: str, around: str
) -> None:
    """There they never match, as subjects of PopQA."""
    found = checked([asked(0, [around.format(question)])], suite(asked(9, [question])))
    assert found.worst[0].share == 1.0


def test_open_instruct_one_field_is_enough() -> None:
    """It takes the mean over fields, so that a question whose answer is elsewhere is not found."""
    answer = "Mulch early and feed the plants with potash every second week from June on."
    instances = suite(asked(9, [QUESTION], [answer]))
    assert places(checked([asked(0, [QUESTION], ["No idea."])], instances)) == [0]
    assert places(checked([asked(0, ["No idea."], [answer])], instances)) == [0]


def test_a_stock_phrase_is_no_contamination() -> None:
    """Tools that drop for any single 8-gram drop whoever asks in these words."""
    records = [asked(0, [f"{STOCK} Python?"]), asked(1, [f"{STOCK} Excel, 1 2 3 4 5 6 7 8?"])]
    found = checked(records, suite(asked(9, [QUESTION])))
    assert places(found) == []
    assert found.number_near == 2


def test_numbers_and_stop_words_alone_are_no_contamination() -> None:
    table = "1 2 3 4 5 6 7 8 9 10"
    instance = f"Which of {table} is the sum of the first four primes minus seven times two?"
    record = asked(0, [f"Sort {table} and print it with the last of the first in it."])
    assert checked([record], suite(asked(9, [instance]))).worst == ()


def test_a_short_instance_that_many_say_is_a_stock_phrase_but_where_it_is_all() -> None:
    """Else an instance such as "Write a poem" would drop whoever asks for one."""
    records = [asked(place, [f"Write a poem about number {place}."]) for place in range(30)]
    records.append(asked(30, ["write a POEM!"]))
    found = checked(records, suite(asked(90, ["Write a poem."])))
    assert places(found) == [30]
    assert found.exempted[0].records == 30

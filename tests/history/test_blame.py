"""What last changed each field of a record."""

from curate.history.blame import Blame, Blamed, blame
from curate.history.lookup import find_record
from curate.store import Version
from tests.conftest import Workbench
from tests.history.conftest import Make, ticket

REPAIRED = "The cafÃ© is red and blue."


def of(bench: Workbench, place: str, versions: list[Version] | None = None) -> Blame:
    chosen = bench.store.versions() if versions is None else versions
    (found,) = blame(bench.store, find_record(bench.store, place, chosen), chosen)
    return found


def field(found: Blame, name: str) -> Blamed:
    return next(one for one in found.fields if one.field == name)


def test_a_field_is_blamed_on_the_version_that_first_read_it_so(
    make: Make, bench: Workbench
) -> None:
    make([ticket("a", "How are you?", "Fine, thank you.")])
    make([ticket("a", "How are you?", "Fine, thank you all.")])
    make([ticket("a", "How are you?", "Fine, thank you all."), ticket("b", "?", "Yes.")])
    found = of(bench, "tickets.jsonl:1")
    assert (found.version, found.is_member) == (3, True)
    assert field(found, "messages[0].content").origin.version == 1
    answer = field(found, "messages[1].content")
    assert (answer.origin.step, answer.origin.version) == (None, 2)
    counted = [(part.origin.version, part.characters, part.removed) for part in answer.parts]
    assert counted == [(1, 16, 0), (2, 4, 0)]


def test_an_edit_is_blamed_on_its_step_and_on_the_first_build_that_made_it(
    make: Make, bench: Workbench
) -> None:
    make([ticket("c", "Which colour?", REPAIRED)])
    for number in (2, 3):
        make([ticket("c", "Which colour?", REPAIRED), ticket("x", "?", str(number))], "  - repair")
    answer = field(of(bench, "tickets.jsonl:1"), "messages[1].content")
    assert answer.value == "The café is red and blue."
    assert (answer.origin.step, answer.origin.version) == ("repair", 2)
    read, repaired = answer.parts
    assert (read.origin.step, read.origin.version) == (None, 1)
    assert repaired.characters > 0
    assert repaired.removed > repaired.characters
    assert read.characters + repaired.characters == len(answer.value)


def test_at_an_older_version_nothing_later_is_told(make: Make, bench: Workbench) -> None:
    first = make([ticket("c", "Which colour?", REPAIRED)])
    make([ticket("c", "Which colour?", REPAIRED)], "  - repair")
    answer = field(of(bench, "tickets.jsonl:1", [first]), "messages[1].content")
    assert (answer.value, answer.origin.step) == (REPAIRED, None)


def test_labels_roles_and_splits_have_origins_of_their_own(make: Make, bench: Workbench) -> None:
    source = (
        "{path: data, name: tickets, key: key, "
        "map: {prompt: prompt, response: response, labels: {topic: topic}}}"
    )
    one = ticket("a", "How are you?", "Fine, thank you.")
    make([one | {"topic": "mood"}], source=source)
    make([one | {"topic": "health"}], "  - split: {eval: 0.0001}", source)
    found = of(bench, "tickets.jsonl:1")
    topic = field(found, "labels.topic")
    assert (topic.value, topic.origin.version) == ("health", 2)
    assert field(found, "messages[0].role").origin.version == 1
    split = field(found, "split")
    assert (split.value, split.origin.step, split.origin.version) == ("train", "split", 2)


def test_a_turn_that_moved_keeps_its_origin(make: Make, bench: Workbench) -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello there."}]
    make([{"key": "a", "messages": turns}])
    make([{"key": "a", "messages": [{"role": "system", "content": "Be kind."}, *turns]}])
    found = of(bench, "tickets.jsonl:1")
    versions = [field(found, f"messages[{at}].content").origin.version for at in range(3)]
    assert versions == [2, 1, 1]


def test_a_dropped_record_is_told_as_it_came_to_the_step(make: Make, bench: Workbench) -> None:
    make([ticket("b", "Is it open?", "Yes.")], "  - rules: short.yaml")
    found = of(bench, "tickets.jsonl:1")
    assert not found.is_member
    assert field(found, "messages[1].content").value == "Yes."

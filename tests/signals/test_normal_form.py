import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.signals import normal_form as module
from curate.signals.normal_form import normal_form

TEXTS = st.none() | st.text(
    st.characters(codec="utf-8") | st.sampled_from(" \t\nABab\x1c\x85…½É\u0301İſKﬁ\u3000")
)
PIECES = st.sampled_from(
    ("Word", "Hello World ", "  ", "abcdefgh", "A B C D ", "Привет", "Ünï", "²")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS))
def test_what_is_passed_over_is_in_its_form_already(given_texts: list[str | None]) -> None:
    texts = pa.array(given_texts, pa.string())
    whole = pc.utf8_lower(pc.utf8_normalize(texts, "NFKC"))
    even = pc.replace_substring_regex(whole, module._UNEVEN, " ")
    assert normal_form(texts) == pc.utf8_trim_whitespace(even)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.none()
        | st.lists(TEXTS.filter(bool) | PIECES).map(lambda parts: "".join(filter(None, parts)))
    ),
    st.integers(0, 3),
)
def test_compiled_code_and_arrow_give_the_same_form(
    given_texts: list[str | None], first: int
) -> None:
    texts = pa.array(given_texts, pa.string()).slice(first)
    made = module._usual_form(texts)
    made.validate(full=True)
    assert made == module._form(texts, module.USUAL)


def test_characters_that_are_passed_over_stay_as_they_are_beside_each_other() -> None:
    characters = module._COMPATIBLE
    foreign = [character for character in characters if not character.isascii()]
    pairs = pa.array([a + b for a in characters for b in foreign])
    assert pc.utf8_normalize(pairs, "NFKC") == pairs

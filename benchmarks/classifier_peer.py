"""fastText on labelled texts. Needs no curate, and only the peer at hand.

pip install fasttext-wheel 'numpy<2'
"""

import json
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SIGNS = re.compile(r"([^\w\s])")


def main() -> None:
    """Learn, score and time; print it as JSON."""
    import fasttext

    given: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for text, label in zip(*given["learned"], strict=True):
            file.write(f"__label__{label} {plain(text)}\n")
        file.flush()
        began = time.process_time()
        model = fasttext.train_supervised(
            file.name, wordNgrams=2, lr=0.5, epoch=25, thread=1, verbose=0, seed=0
        )
        seconds = time.process_time() - began
    scores = [[of(model, text, given["labels"]) for text in texts] for texts in given["judged"]]
    told = {"scores": scores, "seconds": seconds, "speed": speed(model, given)}
    print(json.dumps(told))


def plain(text: str) -> str:
    """Signs apart, lower case, one line."""
    return " ".join(SIGNS.sub(r" \1 ", text.lower()).split())


def of(model: Any, text: str, labels: list[str]) -> list[float]:
    found = dict(zip(*model.predict(plain(text), k=-1), strict=True))
    return [float(found.get(f"__label__{label}", 0.0)) for label in labels]


def speed(model: Any, given: dict[str, Any]) -> float:
    """Records for each CPU second, its tokens made ready before: the slope between two sizes."""
    if not given["timed"]:
        return 0.0
    texts = [plain(text) for text in given["timed"]]
    least = []
    for times in given["times"]:
        many = texts * times
        seconds = []
        for _ in range(given["rounds"]):
            began = time.process_time()
            model.predict(many, k=1)
            seconds.append(time.process_time() - began)
        least.append(min(seconds))
    few, most = given["times"]
    return (most - few) * len(texts) / (least[1] - least[0])


if __name__ == "__main__":
    main()

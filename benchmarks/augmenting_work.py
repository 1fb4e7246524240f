"""What `augmenting.py` measures, each in a process of its own; answers are JSON on standard output.

Of each augmenter the least CPU time of the rounds, in microseconds a text.
"""

import contextlib
import gc
import gzip
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

Case = tuple[str, str, dict[str, Any]]
Answers = list[str | None]


def kept(**given: Any) -> dict[str, Any]:
    """Ours, with spaces as they were."""
    return _ours("kept", **given)


def spaced(**given: Any) -> dict[str, Any]:
    """Ours, with nlpaug's spaces."""
    return _ours("nlpaug", **given)


def _ours(spacing: str, cases: Sequence[Case], **given: Any) -> dict[str, Any]:
    from curate.augmenting.registry import augmenter_of

    works: list[Callable[[Sequence[str], Sequence[int]], Answers]] = []
    for _, name, settings in cases:
        made = augmenter_of(name, {**settings, "spacing": spacing})
        made.reword(["some words here"] * 5000, range(5000))  # what is compiled is loaded
        works.append(lambda texts, seeds, made=made: list(made.reword(texts, seeds)))
    return _measured(works, **given)


def around(cases: Sequence[Case], **given: Any) -> dict[str, Any]:
    """Ours: finding what must stay, and rewording around it by the first augmenter."""
    from curate.augmenting.applying import reworded
    from curate.augmenting.protecting import protected
    from curate.augmenting.registry import augmenter_of

    augmenter = augmenter_of(cases[0][1], cases[0][2])
    augmenter.reword(["some words here"] * 5000, range(5000))  # what is compiled is loaded
    found: dict[str, list[tuple[int, int]]] = {}

    def find(texts: Sequence[str], seeds: Sequence[int]) -> Answers:  # noqa: ARG001 - as nlpaug and ours are asked
        found.update((text, protected(text)) for text in texts)
        return [None] * len(texts)

    def reword(texts: Sequence[str], seeds: Sequence[int]) -> Answers:
        return list(reworded(augmenter, texts, [found[text] for text in texts], seeds))

    return _measured([find, reword], **given)


def peer(cases: Sequence[Case], **given: Any) -> dict[str, Any]:
    """nlpaug's own loop, one text after the other, each with its seed."""
    import nlpaug.augmenter.char
    import nlpaug.augmenter.word
    import numpy as np

    works: list[Callable[[Sequence[str], Sequence[int]], Answers]] = []
    for kind, name, settings in cases:
        made = getattr(getattr(nlpaug.augmenter, kind), name)(**settings)
        if name == "SpellingAug":
            # The order of its misspellings differs from process to process: it is given ours.
            from curate.augmenting.spelling import SpellingAug, misspellings

            made.model.dict = misspellings(SpellingAug()._file, True)

        def work(texts: Sequence[str], seeds: Sequence[int], made: Any = made) -> Answers:
            answers: Answers = []
            for text, seed in zip(texts, seeds, strict=True):
                random.seed(seed)
                np.random.seed(seed)  # noqa: NPY002 - what the library draws from
                answer = None
                with contextlib.suppress(ValueError, IndexError):
                    answer = made.augment(text)[0]
                answers.append(answer)
            return answers

        works.append(work)
    return _measured(works, **given)


def _measured(
    works: Sequence[Callable[[Sequence[str], Sequence[int]], Answers]],
    file: str,
    texts: int,
    rounds: int,
    out: str,
) -> dict[str, Any]:
    """Run each work on the texts; write the answers to a file."""
    chosen = _texts(file, texts)
    seeds = [random.Random(row).getrandbits(32) for row in range(len(chosen))]
    least, answers = [], []
    gc.collect()
    gc.freeze()
    for work in works:
        spent = []
        for _ in range(rounds):
            began = time.process_time()
            found = work(chosen, seeds)
            spent.append(time.process_time() - began)
        least.append(min(spent) / len(chosen) * 1e6)
        answers.append(found)
    Path(out).write_text(json.dumps(answers))
    return {"micro": least, "seconds": sum(least)}


def _texts(file: str, most: int) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        rows = json.load(opened)
    found = [row.get("output", "").strip() for row in rows]
    return [text for text in found if text][:most]


WORKS: Final = {work.__name__: work for work in (kept, spaced, around, peer)}

if __name__ == "__main__":
    print(json.dumps(WORKS[sys.argv[1]](**json.loads(sys.argv[2]))))

"""Names: what a small model finds of persons, places and organisations, and what that costs.

    python benchmarks/names.py [--data ../shared/data] [--rounds 12]

A pipeline of spaCy (tok2vec, no vectors) learns half of the templates of the synthetic documents,
and is tested on the other half, and on the posts of WNUT-17 (Derczynski et al. 2017), where it has
to find names in the wild. It is no model to use: what counts is that curate finds what Presidio's
BatchAnalyzerEngine finds with the same pipeline, and at what cost.
"""

import argparse
import gzip
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
from spacy.training import Example
from spacy.util import minibatch
from thinc.api import fix_random_seed

from curate.pii.evaluation import renamed, scores
from curate.pii.finding import Finding
from curate.pii.labelled import Labelled, LabelledSpan, parse_labelled
from curate.pii.names import Names
from curate.pii.names_entities import NAME_ENTITIES
from curate.pii.names_files import NameModel, find_names
from curate.pii.names_spacy import spacy_engine, spacy_recognizer
from curate.pii.recognizers import DEFAULT_THRESHOLD, LANGUAGE

SEED = 7
TIMED = 3
BATCHES = (1, 256)
"""Of Presidio's engine: its default, and what curate does."""
SYNTHETIC = {"GPE": "LOCATION", "STREET_ADDRESS": "LOCATION"}
WNUT = {"person": "PERSON", "location": "LOCATION", "corporation": "ORGANIZATION"}
WNUT |= {"group": "ORGANIZATION"}


def main() -> None:
    """Train, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    data = Path(__file__).parent.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--rounds", type=int, default=12)
    given = parser.parse_args()
    training, test = halves(given.data / "pii" / "presidio_synth_v2_1500.json.gz")
    wnut = given.data / "pii" / "wnut17_train.conll.gz"
    wild = renamed(parse_labelled(gzip.decompress(wnut.read_bytes()), wnut.name), WNUT)
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        trained(training, given.rounds).to_disk(Path(folder) / "model")
        print(f"trained on {len(training)} documents in {time.process_time() - began:.0f} s of CPU")
        model = find_names("model", Path(folder))
        for name, documents in (("other templates", test), ("WNUT-17", wild)):
            measure(name, documents, model)


def halves(file: Path) -> tuple[list[Labelled], list[Labelled]]:
    """The documents of every other template, and the rest."""
    with gzip.open(file) as lines:
        rows = json.load(lines)
    templates = sorted({row["template_id"] for row in rows})
    random.Random(SEED).shuffle(templates)
    learned = set(templates[::2])
    sides: tuple[list[Labelled], list[Labelled]] = ([], [])
    for row in rows:
        spans = tuple(
            LabelledSpan(one["start_position"], one["end_position"], one["entity_type"])
            for one in row["spans"]
        )
        sides[row["template_id"] not in learned].append(Labelled(row["full_text"], spans))
    first, second = (renamed(side, SYNTHETIC) for side in sides)
    return first, second


def trained(documents: Sequence[Labelled], rounds: int) -> Any:
    """A pipeline that learned them."""
    fix_random_seed(SEED)
    nlp: Any = spacy.blank(LANGUAGE)
    nlp.add_pipe("ner")
    examples = []
    for text, spans in documents:
        doc = nlp.make_doc(text)
        wanted = [
            doc.char_span(one.start, one.end, one.entity, alignment_mode="expand")
            for one in spans
            if one.entity in NAME_ENTITIES
        ]
        doc.ents = spacy.util.filter_spans([one for one in wanted if one is not None])
        examples.append(Example(nlp.make_doc(text), doc))
    optimizer = nlp.initialize(lambda: examples)
    order = random.Random(SEED)
    for _ in range(rounds):
        order.shuffle(examples)
        for some in minibatch(examples, 16):
            nlp.update(some, sgd=optimizer, drop=0.2)
    return nlp


def measure(name: str, documents: Sequence[Labelled], model: NameModel) -> None:
    """Print precision, recall and F2 by entity, and texts a second of CPU."""
    texts = [one.text for one in documents]
    found: list[Sequence[Finding]] = list(fresh(model).find(texts))
    engine = batch_engine(model)
    assert [list(each) for each in found] == theirs(engine, texts), "the findings differ"
    spans = [[LabelledSpan(one.start, one.end, one.entity) for one in each] for each in found]
    print(f"{name}: {len(texts)} texts of {sum(map(len, texts)) / len(texts):.0f} characters")
    for entity, score in scores(documents, spans, NAME_ENTITIES).items():
        print(
            f"  {entity:12} precision {score.precision or 0:.3f} of {score.found}, "
            f"recall {score.recall or 0:.3f} of {score.labelled}, F2 {score.f2 or 0:.3f}"
        )
    # A finder that knows no text yet, in each round.
    ours = min(seconds(finder.find, texts) for finder in [fresh(model) for _ in range(TIMED)])
    print(f"  findings equal; texts a second of CPU: curate {len(texts) / ours:.0f}", end="")
    for size in BATCHES:
        other = min(seconds(partial(theirs, engine, size=size), texts) for _ in range(TIMED))
        print(f", Presidio in batches of {size} {len(texts) / other:.0f}", end="")
        print(f" ({other / ours:.1f} times)", end="")
    print()


def fresh(model: NameModel) -> Names:
    """What finds names by curate."""
    return Names(model, NAME_ENTITIES, DEFAULT_THRESHOLD)


def batch_engine(model: NameModel) -> Any:
    """Presidio's engine with the same pipeline."""
    recognizers = [spacy_recognizer(NAME_ENTITIES)]
    registry = RecognizerRegistry(recognizers, supported_languages=[LANGUAGE])
    nlp = spacy_engine(model, NAME_ENTITIES)
    return BatchAnalyzerEngine(AnalyzerEngine(registry=registry, nlp_engine=nlp))


def theirs(engine: Any, texts: Sequence[str], size: int = 1) -> list[list[Finding]]:
    """What Presidio finds, in batches of a size."""
    wanted = {"entities": list(NAME_ENTITIES), "score_threshold": DEFAULT_THRESHOLD}
    found = engine.analyze_iterator(texts, LANGUAGE, batch_size=size, **wanted)
    return [
        [
            Finding(
                *(one.start, one.end, one.entity_type, round(float(one.score), 4)),
                one.recognition_metadata["recognizer_name"],
            )
            for one in each
        ]
        for each in found
    ]


def seconds(work: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    """CPU seconds of some work."""
    began = time.process_time()
    work(texts)
    return time.process_time() - began


if __name__ == "__main__":
    main()

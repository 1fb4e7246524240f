"""Models that find names, made on the spot: each learns a few sentences in seconds."""

import random
from pathlib import Path
from typing import Any, NamedTuple

FIRST = ("Ada", "Bo", "Carl", "Dana", "Emil", "Fay", "Gus", "Hana", "Ivo", "Juno")
LAST = ("Stone", "Hill", "Brook", "Ford", "Marsh", "Wood", "Lake", "Field")
CITIES = ("Paris", "Oslo", "Lima", "Cairo", "Quito", "Perth")
FIRMS = ("Acme", "Globex", "Initech", "Umbra")
SHAPES = (
    "{person} lives in {city} and works at {firm} .",
    "My name is {person} , I am in {city} .",
    "Please write to {person} of {firm} today .",
    "Yesterday {person} went to {city} by train .",
    "{firm} has an office in {city} .",
    "The order of the new lamp came on time .",
)


class Sentence(NamedTuple):
    """A sentence of words, and the label of each that is a part of a name."""

    text: str
    spans: list[tuple[int, int, str]]


def sentences(count: int, seed: int = 3) -> list[Sentence]:
    """Sentences with names in them."""
    draw = random.Random(seed)
    made = []
    for number in range(count):
        text, spans = "", []
        for word in SHAPES[number % len(SHAPES)].split(" "):
            text += " " if text else ""
            value, label = {
                "{person}": (f"{draw.choice(FIRST)} {draw.choice(LAST)}", "PERSON"),
                "{city}": (draw.choice(CITIES), "GPE"),
                "{firm}": (draw.choice(FIRMS), "ORG"),
            }.get(word, (word, ""))
            if label:
                spans.append((len(text), len(text) + len(value), label))
            text += value
        made.append(Sentence(text, spans))
    return made


def make_spacy(folder: Path) -> Path:
    """Save a pipeline of spaCy that knows persons, cities (GPE) and firms (ORG)."""
    import spacy
    from spacy.training import Example
    from thinc.api import fix_random_seed

    fix_random_seed(5)
    nlp: Any = spacy.blank("en")
    nlp.add_pipe("ner")
    examples = [
        Example.from_dict(nlp.make_doc(one.text), {"entities": one.spans}) for one in sentences(200)
    ]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(4):
        for start in range(0, len(examples), 20):
            nlp.update(examples[start : start + 20], sgd=optimizer)
    nlp.to_disk(folder)
    return folder


def make_transformers(folder: Path, places: int = 128) -> Path:
    """Save a BERT of one layer that classifies tokens; it sees so many at once."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
    tokenizer = make_word_pieces(places)
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(tokenizer),
        **{"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2},
        **{"intermediate_size": 64, "max_position_embeddings": places},
        id2label=dict(enumerate(labels)),
        label2id={label: place for place, label in enumerate(labels)},
    )
    model = BertForTokenClassification(config)
    given = sentences(240)
    batch = tokenizer(
        [one.text for one in given],
        padding=True, return_tensors="pt", return_offsets_mapping=True,
    )  # fmt: skip
    offsets = batch.pop("offset_mapping").tolist()
    wanted = torch.tensor(
        [_tags(one, told, labels) for one, told in zip(given, offsets, strict=True)]
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(30):
        loss = model(**batch, labels=wanted).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tags(sentence: Sentence, offsets: list[list[int]], labels: list[str]) -> list[int]:
    """The label of each token; special tokens have none (-100)."""
    short = {"PERSON": "PER", "GPE": "LOC", "ORG": "ORG"}
    tags = []
    for start, end in offsets:
        of = next((s for s in sentence.spans if s[0] <= start < s[1]), None)
        tag = "O" if of is None else f"{'B' if start == of[0] else 'I'}-{short[of[2]]}"
        tags.append(-100 if start == end else labels.index(tag))
    return tags


def make_word_pieces(places: int) -> Any:
    """The tokenizer of a BERT: the words of the sentences, and pieces for others."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizerFast

    inner = BertWordPieceTokenizer(lowercase=False)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    inner.train_from_iterator(
        [one.text for one in sentences(200)],
        vocab_size=300, special_tokens=special, show_progress=False,
    )  # fmt: skip
    return BertTokenizerFast(tokenizer_object=inner, model_max_length=places, do_lower_case=False)


def make_gliner(folder: Path) -> Path:
    """Save a GLiNER model of one layer with random weights."""
    import torch
    from gliner import GLiNER, GLiNERConfig
    from transformers import BertConfig, BertModel

    inner = folder.with_name(f"{folder.name}-inner")
    tokenizer = make_word_pieces(128)
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(tokenizer),
        **{"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2},
        **{"intermediate_size": 64},
    )
    BertModel(config).save_pretrained(inner)
    tokenizer.save_pretrained(inner)
    whole = GLiNERConfig(model_name=str(inner), hidden_size=32, max_width=4, dropout=0.0)
    GLiNER.from_config(whole).save_pretrained(folder, safe_serialization=True)
    return folder

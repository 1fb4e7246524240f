"""Small classifiers that tell good films from bad ones, trained on the spot."""

from pathlib import Path
from random import Random
from typing import Any

from tests.augmenting.small_models import bert_config, bert_tokenizer

GOOD = ("good", "great", "lovely", "enjoy", "fast")
BAD = ("bad", "awful", "boring", "hate", "slow")
PLAIN = ("film", "story", "movie", "house", "river", "paper", "garden", "morning", "child", "new")


def opinions(number: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """So many texts, half of them good and half bad."""
    random = Random(seed)
    texts, labels = [], []
    for place in range(number):
        own, label = ((GOOD, "good"), (BAD, "bad"))[place % 2]
        words = random.choices(PLAIN, k=6) + random.choices(own, k=2)
        random.shuffle(words)
        texts.append(f"The {' '.join(words)}.")
        labels.append(label)
    return texts, labels


def classifier_file(file: Path) -> Path:
    """A file of `curate classifier train`."""
    from curate.classifier.crossing import Settings
    from curate.classifier.file import encoded
    from curate.classifier.training import train

    settings = Settings(name="opinion", folds=2, c=10.0, ngrams=1, bits=12)
    file.write_bytes(encoded(train(*opinions(60), settings).classifier))
    return file


def classifier_folder(folder: Path) -> Path:
    """A BERT of transformers."""
    import torch
    from transformers import BertForSequenceClassification

    tokenizer = bert_tokenizer()
    torch.manual_seed(0)
    named = {"id2label": {0: "bad", 1: "good"}, "label2id": {"bad": 0, "good": 1}}
    model = BertForSequenceClassification(bert_config(tokenizer, **named))
    texts, labels = opinions(60)
    given = tokenizer(texts, padding=True, return_tensors="pt")
    wanted = torch.tensor([["bad", "good"].index(label) for label in labels])
    adam = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(40):
        model(**given, labels=wanted).loss.backward()
        adam.step()
        adam.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def pipeline() -> Any:
    """One of scikit-learn that reads texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(*opinions(60))


def small_language_model(folder: Path) -> Path:
    """A causal language model with random weights."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer = bert_tokenizer()
    torch.manual_seed(0)
    sizes = {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 64}
    GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), **sizes)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder

"""Translation there and back by Marian models that lie on the disk."""

import warnings
from typing import Any

import torch
from textattack.transformations.sentence_transformations import BackTranslation
from transformers import MarianMTModel, MarianTokenizer

from curate.errors import InputError
from curate.models.files import ModelFiles


class Translated(BackTranslation):
    """`BackTranslation` without its downloads, and without a call that transformers 5 dropped."""

    def __init__(self, target: ModelFiles, src: ModelFiles, langs: tuple[str, str]) -> None:
        self.src_lang, self.target_lang = langs
        self.target_model, self.target_tokenizer = _loaded(target)
        self.src_model, self.src_tokenizer = _loaded(src)
        self.chained_back_translation = 0

    def translate(self, texts: list[str], model: Any, tokenizer: Any, lang: str) -> list[str]:
        """Translate the first text; models of several languages are told which in front of it."""
        code = lang if lang.startswith(">>") else f">>{lang}<<"
        told = f"{code} {texts[0]}" if code in tokenizer.supported_language_codes else texts[0]
        given = tokenizer([told], truncation=True, return_tensors="pt")
        with torch.inference_mode():
            made = model.generate(**given, do_sample=False)
        return list(tokenizer.batch_decode(made, skip_special_tokens=True))


def _loaded(files: ModelFiles) -> tuple[Any, Any]:
    """A model and its tokenizer. Raises InputError where it is no Marian model."""
    local = {"trust_remote_code": False, "local_files_only": True}
    loader: Any = MarianMTModel
    reader: Any = MarianTokenizer
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sacremoses, which only tidies punctuation
            tokenizer = reader.from_pretrained(files.folder, **local)
        model = loader.from_pretrained(
            files.folder, use_safetensors=True, dtype=torch.float32, **local
        )
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        right = "Name a translation model of the type Marian, such as Helsinki-NLP/opus-mt-en-de"
        raise InputError(f"model {files.name!r}", f"cannot be loaded: {first}", right) from error
    return model.eval(), tokenizer

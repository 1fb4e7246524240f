"""What a training starts from: the right records, the tokenizer and the feed."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from curate.errors import InputError, RefusedError
from curate.models.chat import choose_template, template_hash
from curate.models.files import ModelFiles
from curate.models.loading import load_tokenizer
from curate.models.rendering import Renderer
from curate.models.tokens import NOTES as TOKEN_NOTES
from curate.progress import Progress
from curate.record import Kind
from curate.store.version import Version

from .config import Method, TrainConfig
from .feed import Account, Feed, Feeder, feed_sft
from .preference import NOTES as PAIR_NOTES
from .preference import feed_dpo

ACCEPTED: Final[dict[Method, frozenset[Kind]]] = {
    "sft": frozenset({"sft", "text"}),
    "dpo": frozenset({"preference"}),
}
"""The kinds of record that a method can train on."""

NEEDS: Final[dict[Method, str]] = {
    "sft": "SFT needs conversations with an answer (sft) or documents (text)",
    "dpo": "DPO needs preference pairs (chosen and rejected)",
}

FEEDERS: Final[dict[Method, Feeder]] = {"sft": feed_sft, "dpo": feed_dpo}


def chosen_split(version: Version) -> Version:
    """The split to train on: the one that the REF names, else `train`."""
    if version.split is not None:
        return version
    splits = version.splits()
    if not splits:
        raise RefusedError(version.ref, "it holds no records", "Name another version.")
    if "train" not in splits:
        raise RefusedError(
            version.ref,
            f"it has no split `train`, only {', '.join(splits)}",
            f"Name a split, such as {version.ref}:{next(iter(splits))}.",
        )
    return version.with_split("train")


def evaluation_split(version: Version) -> Version | None:
    """The split `eval` of a version whose split `train` is trained on, where it has one."""
    held_out = version.split == "train" and "eval" in version.splits()
    return version.with_split("eval") if held_out else None


def check_kinds(version: Version, method: Method) -> frozenset[Kind]:
    """Return the kinds of record in a version; refuse those that the method cannot train on."""
    kinds = version.kinds()
    if not kinds:
        raise RefusedError(version.ref, "it holds no records", "Name another split or version.")
    if kinds.keys() <= ACCEPTED[method]:
        return frozenset(kinds)
    held = " and ".join(f"{count} {kind} records" for kind, count in sorted(kinds.items()))
    raise RefusedError(
        version.ref, f"it holds {held}; {NEEDS[method]}", _advice(method, frozenset(kinds))
    )


def _advice(method: Method, kinds: frozenset[Kind]) -> str:
    if kinds == {"preference"}:
        return "Use --method dpo, or export the chosen answers and build a dataset of them."
    if method == "dpo" and kinds <= ACCEPTED["sft"]:
        return "Use --method sft."
    return "Build a version with records of one kind."


@dataclass(frozen=True)
class Material:
    """The tokenizer with its chat template, and the length at which records are cut."""

    tokenizer: Any
    renderer: Renderer
    template: dict[str, Any]
    """Name and hash of the chat template; empty where only documents are trained."""
    max_length: int


def make_material(config: TrainConfig, model: ModelFiles, kinds: frozenset[Kind]) -> Material:
    """Load the tokenizer, and choose the template where there are conversations to render."""
    tokenizer = load_tokenizer(model)
    template: dict[str, Any] = {}
    text = ""
    if kinds != {"text"}:
        text = choose_template(tokenizer, config.chat_template)
        # TRL renders preference pairs by it, and it is saved with the model.
        tokenizer.chat_template = text
        name = config.chat_template or "the tokenizer's"
        template = {"name": name, "hash": template_hash(text)}
    renderer = Renderer(tokenizer, text, config.template_arguments)
    return Material(tokenizer, renderer, template, config.length(_limit(model, tokenizer)))


def _limit(model: ModelFiles, tokenizer: Any) -> int | None:
    """How many tokens the model was made for."""
    from transformers import AutoConfig

    folder = (model.base or model).folder
    loader: Any = AutoConfig
    try:
        config = loader.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"model {model.name!r}", f"cannot be loaded: {error}", "Use another."
        ) from error
    positions = getattr(config.get_text_config(), "max_position_embeddings", None)
    limits = [n for n in (positions, tokenizer.model_max_length) if isinstance(n, int) and n > 0]
    return min(limits, default=None)


def feed_of(version: Version, config: TrainConfig, material: Material, progress: Progress) -> Feed:
    """Prepare all records of a version for the method, and tell what was cut or left out."""
    feeder = FEEDERS[config.method]
    feed = feeder(version, material.renderer, material.max_length, progress)
    account = feed.account
    told = [
        f"{account.notes[note]:,} {meaning}"
        for note, meaning in (TOKEN_NOTES | PAIR_NOTES).items()
        if account.notes[note]
    ]
    if told:
        progress.note(f"{version.ref}: {'; '.join(told)}")
    tell_excluded(version, account, progress)
    return feed


def tell_excluded(version: Version, account: Account, progress: Progress, told: int = 0) -> None:
    """Tell how many records were left out and why, but for the first ones, already `told`."""
    reasons = Counter(list(account.excluded.values())[told:])
    for reason, count in sorted(reasons.items()):
        progress.note(f"{version.ref}: {count:,} records left out: {reason}")


def check_fed(version: Version, feed: Feed) -> None:
    """Refuse a feed with no record left."""
    if feed.account.fed:
        return
    reasons = sorted(set(feed.account.excluded.values()))
    raise RefusedError(
        version.ref,
        f"none of its {feed.account.read} records can be trained on: {'; '.join(reasons[:3])}",
        "Set a larger max_length, another chat_template, or mark turns with train: true.",
    )


def notes_on(config: TrainConfig, material: Material) -> list[str]:
    """What of a configuration is not as asked or not reproducible."""
    notes = []
    asked = config.max_length
    if asked is not None and asked > material.max_length:
        notes.append(f"max_length {asked} is more than the model's; {material.max_length} is used")
    if "strftime_now" in material.renderer.template:
        notes.append(
            "the chat template may print today's date, so that what is fed changes by the day; "
            'set it by --set template_arguments.date_string="..."'
        )
    return notes

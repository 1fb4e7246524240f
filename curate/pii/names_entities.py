"""What names are called: the labels of models as Presidio's entities."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from curate.pii.names_files import NameModel
from curate.pii.recognizers import unknown_entity

NAME_ENTITIES: Final = ("LOCATION", "ORGANIZATION", "PERSON")
"""What is looked for by default where there is a model."""

_ASKED: Final[Mapping[str, str]] = {
    "age": "AGE",
    "date or time": "DATE_TIME",
    "location": "LOCATION",
    "nationality, religion or political group": "NRP",
    "organization": "ORGANIZATION",
    "person": "PERSON",
}
"""What a GLiNER model, which finds what it is asked for, is asked for."""


def entity_labels(model: NameModel) -> Mapping[str, str]:
    """The entity of each label of a model, as Presidio has it; a label it has not is an entity."""
    if model.kind == "gliner":
        return _ASKED
    from presidio_analyzer.nlp_engine import NerModelConfiguration
    from presidio_analyzer.predefined_recognizers import HuggingFaceNerRecognizer

    known = dict(NerModelConfiguration().model_to_presidio_entity_mapping or {})
    if model.kind == "transformers":
        known |= HuggingFaceNerRecognizer.DEFAULT_LABEL_MAPPING
    return {label: known.get(label, label) for label in model.labels}


def named_entities(model: NameModel | None) -> frozenset[str]:
    """The entities that a model may find; none of no model."""
    return frozenset(entity_labels(model).values()) if model is not None else frozenset()


def unknown_name(entity: str, own: Sequence[str], model: NameModel | None) -> str:
    """What to tell about an entity that nothing finds; `own` are those of a pack."""
    if model is not None:
        return unknown_entity(entity, own, sorted(named_entities(model)))
    near = get_close_matches(entity.upper(), (*NAME_ENTITIES, "NRP"), 1, 0.8)
    if not near:
        return unknown_entity(entity, own)
    said = f"{entity!r} is no entity that is found by a pattern"
    return f"{said}; {near[0]} needs `names`, a model that finds it"

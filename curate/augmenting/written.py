"""Settings of augmentation as recipes write them."""


def named_augmenters(given: object) -> object:
    """Augmenters as written: a name, a mapping of names to settings, or a list of both.

    >>> named_augmenters(["KeyboardAug", {"SynonymAug": {"aug_p": 0.1}}])
    ({'KeyboardAug': {}}, {'SynonymAug': {'aug_p': 0.1}})
    """
    if isinstance(given, str | dict):
        given = [given]
    if not isinstance(given, list | tuple):
        return given
    found: list[object] = []
    for one in given:
        found += (
            [{name: own or {}} for name, own in one.items()] if isinstance(one, dict) else [one]
        )
    return tuple({one: {}} if isinstance(one, str) else one for one in found)


def as_pack(given: object) -> object:
    """A pack may be written by its name alone."""
    return {"pack": given} if isinstance(given, str) else given

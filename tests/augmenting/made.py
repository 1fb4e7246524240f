"""Settings with which each augmenter is tried."""

from typing import Any

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "KeyboardAug": [{}, {"spacing": "nlpaug", "lang": "he"}],
    "OcrAug": [{}],
    "RandomCharAug": [
        {"action": action, "aug_char_p": 1.0, "aug_char_max": None, "min_char": 0}
        for action in ("insert", "substitute", "swap", "delete")
    ],
    "RandomWordAug": [
        {"action": action, "aug_p": 0.9, "aug_max": None}
        for action in ("substitute", "swap", "delete", "crop")
    ],
    "RandomSentAug": [{}, {"mode": "random"}],
    "ReservedAug": [{"reserved_tokens": [["the", "a"], ["x y", "C++ (a)", "see"]]}],
    "SpellingAug": [{"aug_p": 1.0}, {"spacing": "nlpaug"}],
    "SplitAug": [{"min_char": 3, "aug_p": 1.0}],
}
"""Of those that need no file of the user's."""

"""Packs of patterns that find stretches of texts: secrets, and a user's own personal data.

They are data, as rule packs are: each rule is an RE2 pattern with what it must fulfil besides (a
checksum, words near it, randomness), where it comes from, and examples that are its tests. The step
`secrets` and the step `pii` use them.
"""

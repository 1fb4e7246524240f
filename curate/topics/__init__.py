"""Topics: clusters of vectors, with names of words and figures of how far they can be trusted.

`clusters` finds them, `quality` says how well they are parted and found again, `words` counts what
their records say, and `names` names them.
"""

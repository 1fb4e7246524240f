"""Finding records that mean the same: vectors in fixed point, compared by their exact cosine.

`nearest` finds the most similar of the records that are kept, `index` does so approximately where
there are too many to look at, `greedy` decides, and `semdedup` is the method of that name.
"""

"""Personal data in texts: what Presidio's recognizers of patterns find, behind a quick gate.

`recognizers` are Presidio's own, by the names of their entities. `gate` says which texts may hold
something at all. `finder` asks the recognizers about these alone. No model is loaded, so names of
persons and places are not looked for.
"""

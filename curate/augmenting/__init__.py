"""Other wordings of texts: augmenters by name, and what of a text they must leave alone."""

"""Linear classifiers of texts: trained on labels, kept in one file, applied by compiled code.

Features are words and pairs of words, hashed into buckets (Joulin et al. 2016, "Bag of tricks for
efficient text classification", arXiv 1607.01759, section 2.1), or the embedding of a text. Training
needs scikit-learn; applying does not.
"""

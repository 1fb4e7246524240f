"""imbalanced-learn's samplers as choosers of records."""

"""Tests, in a package of their own: another of that name may be installed (flair brings one)."""

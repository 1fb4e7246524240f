"""Secrets in texts: what the rules of a pack of patterns find, behind one gate."""

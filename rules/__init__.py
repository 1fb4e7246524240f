"""Rule packs, recipes and demonstration data, as files."""

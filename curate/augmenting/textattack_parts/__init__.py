"""What TextAttack fetches or gets wrong, in parts of our own; they are imported when it is."""

"""What a value becomes under a key: another of its kind, in its form.

Each module makes the surrogates of some entities. `draws` are the only source of choices: what they
give depends on the key, the entity and the value, and on nothing else. Lists of names and places
are those of Faker, read as data (`lists`); nothing of its random state is used.
"""

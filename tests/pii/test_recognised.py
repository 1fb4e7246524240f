"""Surrogates are known however a detector cuts them, and hide nothing else."""

from curate.pii.recognised import Surrogates

KNOWN = Surrogates({"(212) 555-0142", "Robinson", "jo.moreno@example.com", "4214-6383-4161-5152"})


def test_a_surrogate_is_known_in_other_cuts() -> None:
    for value in ("(212) 555-0142", "212 555-0142", "+1 (212) 555-0142", "4214638341615152"):
        assert KNOWN.have(value)
    assert KNOWN.have("moreno@example.com")
    assert KNOWN.have("JO.MORENO@example.com")


def test_a_name_hides_no_address() -> None:
    assert KNOWN.have("Robinson")
    assert not KNOWN.have("robinson@corp.com")
    assert not KNOWN.have("(212) 555-0143")
    assert not KNOWN.have("555")
    assert not Surrogates(set()).have("anything")


def test_two_surrogates_hide_nothing_that_reaches_from_one_into_the_other() -> None:
    known = Surrogates({"4214638", "3415161"})
    assert known.have("4214638 3415161")
    assert not known.have("516 142 14")
    assert not known.have("463 834 15")
    assert not known.have("638\n341516")

"""Is what was typed a company's number, a person's address?"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.accounts.rules import is_siren, tidy_email, tidy_siren

DOUBLED = {"0": 0, "1": 2, "2": 4, "3": 6, "4": 8, "5": 1, "6": 3, "7": 5, "8": 7, "9": 9}
"""The sum of the digits of twice each digit, written by hand: nothing is shared with the rule under test."""


def luhn_sum(digits: str) -> int:
    """The independent oracle: even positions of a nine-digit number, from the left, are those doubled."""
    return sum(DOUBLED[d] if place in (2, 4, 6, 8) else int(d) for place, d in enumerate(digits, 1))


nine_digits = st.text(alphabet="0123456789", min_size=9, max_size=9)
eight_digits = st.text(alphabet="0123456789", min_size=8, max_size=8)


@pytest.mark.parametrize("siren", ["834217697", "552100554", "732829320", "404833048"])
def test_well_formed_numbers_are_accepted(siren):
    assert is_siren(siren)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "834217698",
        "83421769",
        "8342176970",
        "834 217 697",
        "83421769A",
        "٨٣٤٢١٧٦٩٧",
        "８３４２１７６９７",
        "-34217697",
        "834217697\n",
        "²34217697",
    ],
)
def test_anything_else_is_refused(typed):
    assert not is_siren(typed)


@given(nine_digits)
def test_the_rule_agrees_with_the_oracle(digits):
    assert is_siren(digits) is (luhn_sum(digits) % 10 == 0)


@given(eight_digits)
def test_exactly_one_key_completes_eight_digits(digits):
    assert sum(is_siren(digits + key) for key in "0123456789") == 1


@given(eight_digits, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(digits, place, shift):
    siren = next(digits + key for key in "0123456789" if is_siren(digits + key))
    wrong = siren[:place] + str((int(siren[place]) + shift) % 10) + siren[place + 1 :]
    assert not is_siren(wrong)


@given(st.text())
def test_no_text_breaks_the_rule(text):
    assert is_siren(text) in (True, False)


def test_spaces_are_what_people_write_and_what_is_taken_off():
    assert tidy_siren(" 834 217\u00a0697\t") == "834217697"
    assert is_siren(tidy_siren("834 217 697"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Claire@Demo.INVALID ", "claire@demo.invalid"),
        ("CLAIRE＠demo.invalid", "claire@demo.invalid"),
        ("STRAẞE@demo.invalid", "strasse@demo.invalid"),
        ("ﬁche@demo.invalid", "fiche@demo.invalid"),
        ("e\u0301va@demo.invalid", "éva@demo.invalid"),
        ("", ""),
    ],
)
def test_one_address_has_one_form(typed, kept):
    assert tidy_email(typed) == kept


@given(st.text())
def test_tidying_twice_changes_nothing(text):
    assert tidy_email(tidy_email(text)) == tidy_email(text)


@given(st.emails())
def test_two_addresses_cannot_differ_by_case_or_by_compatible_characters(address):
    assert tidy_email(address.upper()) == tidy_email(address.lower()) == tidy_email(unicodedata.normalize("NFKD", address))

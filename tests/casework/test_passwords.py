"""Passwords are verified, and of nobody as slowly as of somebody."""

from __future__ import annotations

from argon2 import extract_parameters

from casework.storage import passwords


def test_a_password_is_verified() -> None:
    stored = passwords.hasher.hash("一个很长的密码")
    assert passwords.verify(stored, "一个很长的密码")
    assert not passwords.verify(stored, "另一个很长的密码")


def test_nobody_has_a_password_and_costs_as_much() -> None:
    somebody = extract_parameters(passwords.hasher.hash("一个很长的密码"))
    assert extract_parameters(passwords._nobodys()) == somebody
    assert not passwords.verify(None, "nobody has this password")
    assert not passwords.verify(None, "")

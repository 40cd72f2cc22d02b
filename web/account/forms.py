"""What the sign-in form holds."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request


@dataclass(frozen=True, slots=True)
class SignInForm:
    username: str
    password: str
    back: str


def read_sign_in() -> SignInForm:
    """The form as sent, or empty; back: where the person wanted to go."""
    return SignInForm(
        username=request.form.get("username", "").strip(),
        password=request.form.get("password", ""),
        back=request.values.get("next", ""),
    )

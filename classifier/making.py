"""Making many objects of a frozen dataclass.

The constructor of a frozen dataclass sets every field through object.__setattr__, which takes
several times as long as plain assignment; of a judgement it took a tenth of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from typing import Any, ParamSpec, TypeVar

Made = TypeVar("Made")
Values = ParamSpec("Values")


def maker(frozen: Callable[Values, Made]) -> Callable[Values, Made]:
    """A quick way to call a frozen dataclass with slots, without base classes and __post_init__.

    An object is made as one of an open twin with the same slots, and becomes frozen with its class.
    """
    of: Any = frozen
    twin: Any = make_dataclass(
        of.__name__, [(field.name, Any, field) for field in fields(of)], slots=True
    )

    def make(*values: Values.args, **named: Values.kwargs) -> Made:
        made: Any = twin(*values, **named)
        made.__class__ = frozen
        return made  # type: ignore[no-any-return]  # its class was just changed

    return make

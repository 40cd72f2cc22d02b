"""Loops over arrays, compiled for the processor by numba.

    python -m classifier.compiled

compiles all of them (`make setup` does), beside the bytecode of their file; a later process reads them
there. A loop that is not there, or cannot be kept since nothing may be written there, is compiled when
it is first run: it takes seconds, and the log says so.

A kept loop is made anew when its file changes, not when another file does: a loop uses nothing of other
files, neither constants nor functions; what it needs of them is an argument.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import numba
import numba.np.linalg
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator
from numba.core.sigutils import normalize_signature

Function = TypeVar("Function", bound=Callable[..., Any])

log = logging.getLogger(__name__)

numba.config.CPU_NAME, numba.config.CPU_FEATURES = "generic", ""
# What one machine compiled, as of an image, any other of its kind can run.


def _no_linear_algebra() -> None:
    raise ImportError


numba.np.linalg.ensure_blas = _no_linear_algebra
# It would import SciPy's to see whether it is there: 0.2 s, 15 MB and a thread for what no loop uses.

LOOPS: dict[Any, str] = {}
"""Every loop of the modules that were imported, and what it is called with."""


def compiled(signature: str) -> Callable[[Function], Function]:
    """Compiles a loop that Python calls. signature: the types of what it returns and is given, as numba
    writes them; calling it with others compiles it once more, which a test keeps from happening."""

    def compile_it(function: Function) -> Function:
        loop: Function = numba.njit(function)
        loop._cache = _Kept(function)  # type: ignore[attr-defined]  # numba's dispatcher has it
        LOOPS[loop] = signature
        return loop

    return compile_it


def part(function: Function) -> Function:
    """Compiles what only loops of the same file call, as a part of them."""
    inner: Function = numba.njit(function)
    return inner


class _BesideTheFile(InTreeCacheLocator):  # type: ignore[misc]  # numba states no types
    """Where Python keeps the bytecode of a loop's file, may it be written there or not."""

    def ensure_cache_path(self) -> None:
        with suppress(OSError):
            super().ensure_cache_path()


class _KeptBesideTheFile(CompileResultCacheImpl):  # type: ignore[misc]  # as above
    _locator_classes = (_BesideTheFile,)


class _Kept(FunctionCache):  # type: ignore[misc]  # as above
    """Numba's own, but whatever is wrong with it costs time only."""

    _impl_class = _KeptBesideTheFile

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            found = super().load_overload(sig, target_context)
        except Exception as error:  # a damaged file may raise anything
            log.warning("a compiled loop cannot be read: %s: %s", type(error).__name__, error)
            found = None
        if found is None:
            log.warning("compiling %s, which takes seconds once", self._py_func.__name__)
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError as error:
            log.warning("a compiled loop cannot be kept: %s", error)


def argument_types(signature: str) -> tuple[Any, ...]:
    """What a loop is called with, as numba tells it of a call."""
    types: tuple[Any, ...] = normalize_signature(signature)[0]
    return types


def main() -> None:
    """Compiles what is not compiled yet."""
    # The copy of this file that is run as a program knows of no loops.
    from classifier.compiled import LOOPS as loops

    importlib.import_module("classifier.loading")
    for loop, signature in loops.items():
        loop.compile(argument_types(signature))


if __name__ == "__main__":
    main()

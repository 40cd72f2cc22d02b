"""What every answer says to the browser about safety, and how cookies are kept."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from runtime.settings import Settings

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # the frameworks' arrows and ticks
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONE_YEAR = "max-age=31536000; includeSubDomains"
LARGEST_REQUEST = 1024 * 1024
"""Bytes; the longest message allowed takes a fifth of it."""


def secure(app: Flask, settings: Settings, secret: bytes) -> CSRFProtect:
    """Cookies, request size, headers and forgery protection."""
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME="minsheng",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,  # somebody who writes for two hours must not lose the text
    )
    if settings.https:
        # One TLS proxy stands before us; without it the address of every citizen would be its own.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # Flask's own advice

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.https:
            response.headers.setdefault("Strict-Transport-Security", ONE_YEAR)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return CSRFProtect(app)


def keep_nowhere(response: Response) -> Response:
    """Mark an answer that no browser or proxy may keep."""
    response.headers["Cache-Control"] = "no-store"
    return response

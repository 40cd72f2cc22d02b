"""The command line, one file a package whose work it starts."""

from __future__ import annotations

from flask import Flask

from web.cli import (
    casework,
    classifier,
    demo,
    forecast,
    hot_issues,
    intake,
    monitor,
    routing,
    serving,
    users,
)


def add_commands(app: Flask) -> None:
    """Hang every command on the application."""
    monitor.monitor.add_command(hot_issues.hot_issues)
    monitor.monitor.add_command(forecast.forecast)
    for group in (
        casework.casework,
        casework.records,
        classifier.classifier,
        demo.demo,
        intake.intake,
        monitor.monitor,
        routing.routing,
        serving.serve,
        serving.schedule,
        users.user,
    ):
        app.cli.add_command(group)

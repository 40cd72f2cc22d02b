"""The web application of one city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import Babel

from runtime.clock import now
from runtime.demonstration.load import is_demonstration
from web import access, errors, pages, security
from web.access import public
from web.account.notices import blueprint as notices
from web.account.views import blueprint as account
from web.administration import (
    audit,
    calendar,
    catalogue,
    deadlines,
    departments,
    dictionary,
    gazetteer,
    jobs,
    people,
    set_aside,
    sources,
    staff_log,
)
from web.administration.listed_files import allow_lists
from web.answers.publishing import blueprint as publishing
from web.answers.subscriptions import blueprint as subscriptions
from web.answers.subscriptions import stop as stop_subscription
from web.answers.views import blueprint as answers
from web.api.views import blueprint as api
from web.appearance import choose, locale
from web.calls.drafts import blueprint as call_drafts
from web.calls.notes import blueprint as caller_notes
from web.calls.views import blueprint as calls
from web.city import EXTENSION
from web.classifier.views import blueprint as classifier
from web.department.alerts import blueprint as unit_alerts
from web.department.asking import blueprint as asking
from web.department.co_handling import blueprint as co_handling
from web.department.outside import blueprint as asking_outside
from web.department.views import blueprint as department
from web.health import blueprint as health
from web.imports.upload import allow_upload
from web.imports.views import blueprint as imports
from web.knowledge.phrases import blueprint as phrases
from web.knowledge.views import blueprint as knowledge
from web.leadership.briefs import blueprint as briefs
from web.leadership.care import blueprint as care
from web.leadership.forecast import blueprint as forecast
from web.leadership.handing import blueprint as handing
from web.leadership.hot_issues import blueprint as hot_issues
from web.leadership.interest import blueprint as interest
from web.leadership.issue_acts import blueprint as issue_acts
from web.leadership.ranking import blueprint as ranking
from web.leadership.statements import blueprint as statements
from web.leadership.unit_course import blueprint as unit_course
from web.leadership.views import blueprint as leadership
from web.leadership.watched import blueprint as watched
from web.mentions.views import blueprint as mentions
from web.public.outside import blueprint as outside
from web.public.statements import blueprint as public_statements
from web.public.views import blueprint as citizens
from web.requests import log_requests
from web.screening.views import blueprint as screening
from web.sent_files import allow_files
from web.supervision.again import blueprint as again
from web.supervision.board import blueprint as board
from web.supervision.queue import blueprint as supervision
from web.supervision.recusals import blueprint as recusals
from web.tickets.claims import blueprint as claims
from web.tickets.views import blueprint as tickets

if TYPE_CHECKING:
    from runtime.wiring import City

ONE_DAY = 24 * 3600


def create_app(city: City) -> Flask:
    """An application that serves this city."""
    app = Flask("web", static_folder="static", template_folder="templates")
    app.config.update(
        NOW=now,
        SEND_FILE_MAX_AGE_DEFAULT=ONE_DAY,
        BABEL_DEFAULT_LOCALE="zh_CN",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.extensions[EXTENSION] = city
    Babel(app, locale_selector=locale)
    log_requests(app)
    app.before_request(city.classifier.refresh)
    app.before_request(
        access.guard
    )  # before the forgery check, so that strangers are sent to sign in
    app.before_request(allow_upload)
    app.before_request(allow_files)
    app.before_request(allow_lists)
    forgery = security.secure(app, city.settings, city.vault.web_secret())
    errors.register(app)
    pages.register(app)
    app.jinja_env.globals["jobs_in_trouble"] = jobs.jobs_in_trouble
    app.jinja_env.globals["demonstration"] = is_demonstration(city.records)
    public(app.view_functions["static"])
    app.add_url_rule("/appearance", "appearance", public(choose))
    forgery.exempt(stop_subscription)  # the token is the secret; mail programs send nothing else
    forgery.exempt(api)  # a signature cannot be forged by a page somebody is lured to
    for blueprint in (
        citizens,
        answers,
        subscriptions,
        health,
        api,
        account,
        notices,
        calls,
        call_drafts,
        caller_notes,
        screening,
        department,
        asking,
        unit_alerts,
        co_handling,
        asking_outside,
        outside,
        supervision,
        board,
        again,
        recusals,
        tickets,
        publishing,
        leadership,
        hot_issues,
        issue_acts,
        briefs,
        ranking,
        forecast,
        care,
        handing,
        statements,
        claims,
        interest,
        unit_course,
        public_statements,
        watched,
        imports,
        mentions,
        classifier,
        knowledge,
        phrases,
    ):
        app.register_blueprint(blueprint)
    for part in (
        people,
        departments,
        calendar,
        deadlines,
        catalogue,
        dictionary,
        gazetteer,
        sources,
        set_aside,
        jobs,
        staff_log,
        audit,
    ):
        app.register_blueprint(part.blueprint)
    return app

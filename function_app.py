"""The function app: registers the blueprints and does nothing else; importing it loads no adapter."""

import azure.functions as func

from functions import (
    classify,
    deduplicate,
    digest,
    fetch,
    hear,
    mend,
    notify,
    parked,
    remind,
    reports,
    tickets,
    track,
    watch,
)  # fmt: skip
from functions.pages import (
    answer,
    assets,
    audit,
    board,
    calendar,
    change,
    changes,
    dry_runs,
    feedback,
    feeds,
    health,
    home,
    mail,
    maturity,
    metrics,
    owners,
    register,
    review,
    switch,
)
from functions.pages import reports as report_pages
from shared import settings

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)  # who may see a page is decided in functions/pages

for part in (fetch, watch, deduplicate, classify, tickets, hear, notify, digest, track, remind, reports, mend, parked):
    app.register_functions(part.bp)
for page in (
    home,
    assets,
    changes,
    review,
    metrics,
    maturity,
    change,
    answer,
    feedback,
    board,
    calendar,
    feeds,
    register,
    dry_runs,
    health,
    mail,
    report_pages,
    owners,
    audit,
    switch,
):
    app.register_functions(page.bp)
if settings.has_reader():  # the host asks an idle queue all day: only where somebody reads it
    from functions import readings

    app.register_functions(readings.bp)

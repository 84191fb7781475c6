"""The function app: registers the blueprints, nothing else (design rule 7)."""

import azure.functions as func

from functions import classify, deduplicate, fetch, hear, mend, notify, parked, tickets, track
from functions.pages import change

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)  # who may see a page is decided in functions/pages

for part in (fetch, deduplicate, classify, tickets, hear, notify, track, mend, parked, change):
    app.register_functions(part.bp)

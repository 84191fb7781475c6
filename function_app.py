"""The function app: registers the blueprints, nothing else (design rule 7)."""

import azure.functions as func

from functions import classify, deduplicate, fetch, inbound, mend, notify, parked, tickets, track, web

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)  # who may see a page is decided in functions/web.py

for part in (fetch, deduplicate, classify, tickets, inbound, notify, track, mend, parked, web):
    app.register_functions(part.bp)

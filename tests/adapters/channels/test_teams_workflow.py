"""Which addresses cards may be sent to, and that the address is never told."""

import pytest
from pydantic import ValidationError

from shared.adapters.channels.teams_workflow import Settings, fault_of, fault_of_secret

PATH = "/workflows/0f9e/triggers/manual/paths/invoke?api-version=1&sig=SECRETSECRETSECRET"


@pytest.mark.parametrize(
    "origin",
    [
        "https://prod-12.westeurope.logic.azure.com:443",
        "https://PROD-12.westeurope.LOGIC.azure.com",
        "https://default0f9e.ab.environment.api.powerplatform.com:443",
        "https://default0f9e.a.environment.api.gov.powerplatform.microsoft.us:443",
        "https://default0f9e.a.environment.api.high.powerplatform.microsoft.us",
        "https://default0f9e.a.environment.api.appsplatform.us",
        "https://prod-01.usgovtexas.logic.azure.us",
        "http://127.0.0.1:7071",
        "http://localhost:7071",
        "https://localhost",
    ],
)
def test_workflows_and_this_machine_are_taken(origin):
    assert fault_of(origin + PATH) == ""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "https://contoso.webhook.office.com/webhookb2/0f9e@1/IncomingWebhook/SECRETSECRETSECRET/2",
            "retired those in May 2026",
        ),
        ("https://outlook.office.com/webhook/SECRETSECRETSECRET", "retired"),
        ("http://prod-12.westeurope.logic.azure.com" + PATH, "https://"),
        ("https://evil.example" + PATH, "evil.example is no host of Teams Workflows"),
        ("https://logic.azure.com.evil.example" + PATH, "no host"),
        ("https://evillogic.azure.com" + PATH, "no host"),
        ("https://127.0.0.1.evil.example" + PATH, "no host"),
        ("http://169.254.169.254" + PATH, "https://"),
        ("https://user:SECRETSECRETSECRET@x.logic.azure.com" + PATH, "not a web address"),
        ("https://evil.example\\@x.logic.azure.com" + PATH, "not a web address"),
        ("https://x.logic.azure.com:99999" + PATH, "port"),
        ("https://x.logic.azure.com/a\nb", "not a web address"),
        ("file:///etc/passwd", "not a web address"),
        ("SECRETSECRETSECRET", "not a web address"),
        ("", "not a web address"),
    ],
)
def test_anything_else_is_refused_with_words_that_hold_no_secret(url, said):
    fault = fault_of(url)

    assert said in fault
    assert "SECRETSECRETSECRET" not in fault


@pytest.mark.parametrize(
    "settings", [{}, {"url": 3}, {"url": "https://x.logic.azure.com/" + PATH}, {"url": "A", "x": 1}]
)
def test_settings_take_the_name_of_a_secret_and_nothing_else(settings):
    with pytest.raises(ValidationError):
        Settings.model_validate(settings)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param(PATH, "", id="whole"),
        pytest.param(PATH.replace("&", "&amp;"), "&amp;", id="copied out of a page"),
        pytest.param(PATH.partition("&")[0], "no `sig`", id="cut at the &"),
        pytest.param("/workflows/0f9e\n/triggers" + PATH, "not a web address", id="broken over two lines"),
        pytest.param("/direct/cu/3" + PATH, "", id="another kind of path"),
    ],
)
def test_the_secret_of_a_channel_is_judged_without_being_told(path, said):
    fault = fault_of_secret("https://prod-12.westeurope.logic.azure.com" + path)

    assert (said in fault) if said else fault == ""
    assert "SECRETSECRETSECRET" not in fault

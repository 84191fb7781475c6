"""How much users feel a change: the signals of `user_impact`."""

from shared.core.classify.signals import signal

USER_BASE = {"low": 0.75, "medium": -1.0, "high": -1.8}
USER = (
    signal(
        "compliance",
        "user to enable|users to enable|user control|new way of interacting|new user interaction|"
        "new way of communicating",
        medium=0.4,
    ),
    signal(
        "audience",
        " all users| all microsoft| users with| users of| users who| user who| users in|everyone|employees|end users|"
        "licensed users| users licensed| all outlook| all teams| users accessing",
        medium=1.0,
    ),
    signal(
        "audience",
        "admin|analyst|developer|makers|organizers|presenters|community managers|it professional|security team|"
        "compliance|investigator",
        low=0.7,
    ),
    signal(
        "tags",
        "user impact",
        medium=2.05,
    ),
    signal(
        "tags",
        "admin impact",
        low=0.7,
    ),
    signal(
        "marks",
        "family:business",
        low=2.25,
    ),
    signal(
        "marks",
        "family:windows",
        low=1.65,
    ),
    signal(
        "marks",
        "family:admin",
        low=1.05,
    ),
    signal(
        "marks",
        "family:engagement",
        low=0.6,
    ),
    signal(
        "marks",
        "impact_tags:none",
        medium=0.8,
    ),
    signal(
        "marks",
        "kind:retirement",
        low=0.3,
    ),
    signal(
        "marks",
        "kind:maintenance",
        low=0.85,
    ),
    signal(
        "marks",
        "status:cancelled|status:on_hold|status:withdrawn",
        low=1.55,
    ),
    signal(
        "marks",
        "major:yes",
        high=1.55,
    ),
    signal(
        "title",
        "admin center|cmdlet|powershell|audit|policy| api|compliance|report|analytics|dashboard|insights|"
        "permission|policies|connector|network|endpoint|firewall|label|administrat",
        low=1.3,
    ),
    signal(
        "title",
        "webinar| event|rooms| phone|attendant|template|organizer|presenter|guest|ipad|vdi| devices",
        low=0.85,
    ),
    signal(
        "text",
        "organizers|presenters|moderator|communicator|meeting rooms|teams rooms|community admins|authors",
        low=0.5,
    ),
    signal(
        "text",
        "users will see|users will notice|users can now|users will be able to|users will now|users will|"
        "your users|all users",
        medium=0.8,
    ),
    signal(
        "text",
        "users will no longer|users must|will be blocked|users will lose|cannot access|users need to|"
        "unable to|will lose access|no longer be able",
        medium=0.3,
        high=1.95,
    ),
    signal(
        "title",
        "outlook|teams|copilot|onedrive|word|excel|powerpoint|office|sharepoint|calendar|chat|search|email",
        medium=0.4,
    ),
    signal(
        "text",
        "no impact to|minimal|small number|low usage|does not affect|no change to|no behavior change|"
        "you can ignore|safely ignore|not using|no disruption|seamless",
        low=0.55,
    ),
    signal(
        "summary",
        "users can|users will|allows users|allowing users|enabling users|lets users|let users|"
        "inform users|users should|enables users",
        medium=0.5,
    ),
    signal(
        "summary",
        "admins|administrators|organizers|managers|developers",
        low=0.4,
    ),
    signal(
        "title",
        "experience|new look|redesign|navigation|rename|display name|default",
        medium=1.0,
    ),
    signal(
        "title",
        "all users|classic|everyone|end of availability",
        high=0.95,
    ),
)

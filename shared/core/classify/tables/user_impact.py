"""How much users feel a change: the signals of `user_impact`."""

from shared.core.classify.signals import signal

USER_BASE = {"low": 0.95, "medium": -1.1, "high": -1.9}
USER = (
    signal(
        "compliance",
        "user to enable|users to enable|user control|new way of interacting|new user interaction|"
        "new way of communicating",
        medium=1.0,
    ),
    signal(
        "audience",
        " all users| all microsoft| users with| users of| users who| user who| users in|everyone|employees|end users|"
        "licensed users| users licensed| all outlook| all teams| users accessing",
        medium=0.35,
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
        medium=2.55,
    ),
    signal(
        "tags",
        "admin impact",
        low=0.75,
    ),
    signal(
        "marks",
        "family:business",
        low=2.65,
    ),
    signal(
        "marks",
        "family:windows",
        low=1.85,
    ),
    signal(
        "marks",
        "family:admin",
        low=0.6,
    ),
    signal(
        "marks",
        "family:engagement",
        low=0.45,
    ),
    signal(
        "marks",
        "impact_tags:none",
        medium=1.1,
    ),
    signal(
        "marks",
        "kind:retirement",
        low=0.25,
    ),
    signal(
        "marks",
        "kind:maintenance",
        low=0.95,
    ),
    signal(
        "marks",
        "status:cancelled|status:on_hold|status:withdrawn",
        low=1.65,
    ),
    signal(
        "marks",
        "major:yes",
        medium=-0.15,
        high=2.0,
    ),
    signal(
        "title",
        "admin center|cmdlet|powershell|audit|policy| api|compliance|report|analytics|dashboard|insights|"
        "permission|policies|connector|network|endpoint|firewall|label|administrat",
        low=1.25,
    ),
    signal(
        "title",
        "webinar| event|rooms| phone|attendant|template|organizer|presenter|guest|ipad|vdi| devices",
        low=1.25,
    ),
    signal(
        "text",
        "organizers|presenters|moderator|communicator|meeting rooms|teams rooms|community admins|authors|"
        "curator|managers and|makers",
        low=0.7,
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
        medium=0.45,
        high=1.9,
    ),
    signal(
        "title",
        "outlook|teams|copilot|onedrive|word|excel|powerpoint|office|sharepoint|calendar|chat|search|"
        "email|meeting|files|onenote|planner|loop|stream|places|whiteboard",
        medium=0.55,
    ),
    signal(
        "text",
        "no impact to|minimal|small number|low usage|does not affect|no change to|no behavior change|"
        "you can ignore|safely ignore|not using|no disruption|seamless",
        low=0.85,
    ),
    signal(
        "summary",
        "users can|users will|allows users|allowing users|enabling users|lets users|let users|"
        "inform users|users should|enables users",
        medium=0.25,
    ),
    signal(
        "summary",
        "admins|administrators|organizers|managers|developers",
        low=0.3,
    ),
    signal(
        "title",
        "experience|new look|redesign|navigation|rename|display name|default",
        medium=1.0,
        high=0.9,
    ),
    signal(
        "title",
        "all users|classic|everyone|end of availability",
        medium=0.6,
        high=1.05,
    ),
    signal(
        "marks",
        "default:off",
        low=0.55,
    ),
    signal(
        "marks",
        "clients:web",
        low=1.1,
    ),
    signal(
        "advice",
        "all users|your users|your employees|educate|user awareness|prepare users|inform users|"
        "notify users|tell users|train users",
        medium=0.8,
    ),
    signal(
        "summary",
        "will no longer be able|will no longer support|users must|will lose|users cannot|no longer be possible",
        high=2.5,
    ),
    signal(
        "text",
        "can ignore|does not change the look|behind the scenes|no visible|no user-facing|if your organization does not",
        low=0.2,
    ),
    signal(
        "title",
        "admin center|cmdlet| api|graph|declarative|connector|studio| role |admins can|admins to|admin setting",
        low=0.8,
    ),
    signal(
        "title",
        "voicemail|calendar|chat|profile card|window|theme|dark mode| view|background|reaction|emoji|on by default",
        medium=0.9,
    ),
)

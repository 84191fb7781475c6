"""How much users feel a change: cues of who sees it, and of what they lose."""

from shared.core.classify.signals import signal

USER = (
    signal(
        "compliance",
        "user to enable|users to enable|user control|new way of interacting|new user interaction|"
        "new way of communicating",
    ),
    signal(
        "audience",
        " all users| all microsoft| users with| users of| users who| user who| users in|everyone|employees|"
        "end users|licensed users| users licensed| all outlook| all teams| users accessing",
    ),
    signal(
        "audience",
        "admin|analyst|developer|makers|organizers|presenters|community managers|it professional|"
        "security team|compliance|investigator",
    ),
    signal("tags", "user impact"),
    signal(
        "title",
        "admin center|cmdlet|powershell|audit|policy| api|compliance|report|analytics|dashboard|insights|"
        "permission|policies|connector|network|endpoint|firewall|label|administrat",
    ),
    signal("title", "webinar| event|rooms| phone|attendant|template|organizer|presenter|guest|ipad|vdi| devices"),
    signal(
        "text",
        "organizers|presenters|moderator|communicator|meeting rooms|teams rooms|community admins|authors|"
        "curator|managers and|makers",
    ),
    signal(
        "text",
        "users will see|users will notice|users can now|users will be able to|users will now|users will|"
        "your users|all users",
    ),
    signal(
        "text",
        "users will no longer|users must|will be blocked|users will lose|cannot access|users need to|"
        "unable to|will lose access|no longer be able",
    ),
    signal(
        "title",
        "outlook|teams|copilot|onedrive|word|excel|powerpoint|office|sharepoint|calendar|chat|search|email|"
        "meeting|files|onenote|planner|loop|stream|places|whiteboard",
    ),
    signal(
        "text",
        "no impact to|minimal|small number|low usage|does not affect|no change to|no behavior change|"
        "you can ignore|safely ignore|not using|no disruption|seamless",
    ),
    signal(
        "summary",
        "users can|users will|allows users|allowing users|enabling users|lets users|let users|inform users|"
        "users should|enables users",
    ),
    signal("summary", "admins|administrators|organizers|managers|developers"),
    signal("title", "experience|new look|redesign|navigation|rename|display name|default"),
    signal("title", "all users|classic|everyone|end of availability"),
    signal(
        "advice",
        "all users|your users|your employees|educate|user awareness|prepare users|inform users|notify users|"
        "tell users|train users",
    ),
    signal(
        "summary",
        "will no longer be able|will no longer support|users must|will lose|users cannot|no longer be possible",
    ),
    signal(
        "text",
        "can ignore|does not change the look|behind the scenes|no visible|no user-facing|if your organization does not",
    ),
    signal(
        "title",
        "cmdlet| api|graph|declarative|connector|studio| role |admins can|admins to|admin setting|admin center",
    ),
    signal(
        "title",
        "voicemail|calendar|chat|profile card|window|theme|dark mode| view|background|reaction|emoji|on by default",
    ),
    signal(
        "title",
        "navigation|layout|landing page|sidebar| pane|panel|feed|ribbon|home page|start page|hub|"
        "notification|banner|activity",
    ),
    signal(
        "title", "copilot chat|copilot app|microsoft 365 copilot|outlook|teams chat|teams meeting|new outlook|channels"
    ),
    signal(
        "title", "agent|researcher|analyst|sharepoint|onenote|forms|planner|viva|places|whiteboard|education|learning"
    ),
    signal(
        "text",
        "users will notice|will see a new|new button|new icon|new banner|new look|visual change|"
        "user interface|default view|users will be prompted|will appear|users will see",
    ),
    signal(
        "text",
        "lose access|will lose|must use|need to switch|no longer be available|no longer see|"
        "no longer have access|unable to access|cannot sign in|cannot access|no longer receive",
    ),
    signal("text", "all users|every user|everyone|all customers|any user"),
    signal(
        "text",
        "admins only|only admins|administrators only|developers|it admins who|organizations that use|"
        "organizations using|customers who use|tenants that use|only if you use",
    ),
    signal(
        "summary",
        "all users|users will notice|users may notice|everyone|new look|redesign|navigation|default view|"
        "chat|meetings|notifications",
    ),
    signal("summary", "users can optionally|optional|from the menu|menu|right-click|select|button"),
)

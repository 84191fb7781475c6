"""Who feels it, and how much: the signals of `admin_impact` and `user_impact`."""

from shared.core.classify.signals import signal

ADMIN_BASE = {"low": 0.25, "medium": -0.65, "high": -0.85}
ADMIN = (
    signal(
        "intro",
        "administrator|admins |admin control|admin toggle|admin setting|tenant setting",
        medium=0.5,
    ),
    signal(
        "marks",
        "act:yes",
        high=4.6,
    ),
    signal(
        "marks",
        "kind:retirement",
        medium=1.05,
        high=1.65,
    ),
    signal(
        "marks",
        "kind:security",
        medium=0.8,
        high=1.0,
    ),
    signal(
        "marks",
        "family:business",
        low=0.2,
    ),
    signal(
        "tags",
        "admin impact",
        medium=0.5,
    ),
    signal(
        "marks",
        "major:yes",
        medium=1.2,
        high=1.0,
    ),
    signal(
        "marks",
        "category:planforchange",
        medium=0.5,
    ),
    signal(
        "marks",
        "status:cancelled|status:on_hold|status:withdrawn",
        low=1.25,
    ),
    signal(
        "marks",
        "advice:none",
        low=1.0,
    ),
    signal(
        "prepare",
        "no admin action|no action|nothing to|not need to do anything|no administrator action",
        low=0.65,
        high=-1.1,
    ),
    signal(
        "advice",
        "review|verify|assess|evaluate|check |decide|determine|identify|plan ",
        medium=0.6,
    ),
    signal(
        "advice",
        "training|helpdesk|help desk|support team|support staff|admin team",
        medium=0.8,
    ),
    signal(
        "advice",
        "policy|policies|setting|configur|powershell|enable |disable |permission|assign|license|turn off|"
        "turn on|manage ",
        medium=0.45,
    ),
    signal(
        "title",
        "admin|policy|policies|setting| control|cmdlet|powershell|report|purview|dlp|compliance|"
        "permission|label|protection|insights|analytics|role|default",
        medium=0.75,
    ),
    signal(
        "text",
        "admins can |administrators can |admins will be able to|admin can |you can configure|"
        "for admins to|it admins|it administrators|administrators to|admins may |administrators with|"
        "allow administrators|admins to ",
        medium=0.8,
    ),
    signal(
        "summary",
        "admins can|admins should|administrators can|organizations should|admins may|admins to|review",
        medium=0.9,
    ),
    signal(
        "summary",
        "no admin action|no action|requires no admin",
        low=0.5,
        high=-0.8,
    ),
    signal(
        "text",
        "pay-as-you-go|billing|external|opt out|opt-out|privacy|sensitivity label|audit",
        medium=0.4,
    ),
    signal(
        "text",
        "install these updates|review your environment|any dependencies|test the update|may affect|"
        "interoperab|prepare for this update|requires admin|must ensure|deploy",
        medium=0.65,
    ),
    signal(
        "text",
        "admins can select|administrators to configure|allows administrators|allows admins|"
        "enables admins|admin control|new admin|administrator control|controls for admins",
        medium=0.75,
    ),
)

USER_BASE = {"low": 0.75, "medium": -1.0, "high": -1.8}
USER = (
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

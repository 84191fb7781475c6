"""In which state a change arrives: the signals of `default`."""

from shared.core.classify.signals import signal

DEFAULT_BASE = {"on": 1.95, "off": -0.15, "n/a": -0.8, "removed": -1.35}
DEFAULT = (
    signal(
        "marks",
        "kind:retirement",
        removed=6.6,
    ),
    signal(
        "marks",
        "kind:info",
        n_a=3.6,
    ),
    signal(
        "marks",
        "kind:maintenance",
        n_a=1.45,
    ),
    signal(
        "text",
        "planned maintenance|maintenance window",
        n_a=1.65,
    ),
    signal(
        "marks",
        "status:no_schedule",
        n_a=1.9,
    ),
    signal(
        "marks",
        "status:withdrawn",
        n_a=3.1,
    ),
    signal(
        "title",
        " on by default|enabled by default",
        on=2.15,
    ),
    signal(
        "text",
        "on by default|enabled by default|available by default|default on|on-by-default|default: on",
        on=1.3,
    ),
    signal(
        "text",
        "automatically|no configuration is required|no admin configuration",
        on=0.65,
    ),
    signal(
        "text",
        "off by default|disabled by default|not enabled by default|default off|default: off|"
        "turned off by default|opt in|opt-in|set to off|opted into",
        off=2.8,
    ),
    signal(
        "text",
        "admins need to enable|admins must enable|must be enabled|need to enable|needs to be enabled|"
        "once configured|to enable this|to enable the feature|administrators can enable|"
        "admins can enable|need to create|create your first|must configure|need to configure|can permit|"
        "administrators to enable|must install|needs to configure|only when configured|"
        "you will need to create|when enabled|feature enabled|if you enable",
        off=2.25,
    ),
    signal(
        "text",
        "using powershell|via powershell|powershell cmdlet|set-cs|by setting up|csp is available",
        off=1.45,
    ),
)

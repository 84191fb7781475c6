"""In which state a change arrives: cues of `default`."""

from shared.core.classify.signals import signal

DEFAULT = (
    signal("text", "planned maintenance|maintenance window"),
    signal("title", " on by default|enabled by default"),
    signal("text", "on by default|enabled by default|available by default|default on|on-by-default|default: on"),
    signal("text", "automatically|no configuration is required|no admin configuration"),
    signal(
        "text",
        "off by default|disabled by default|not enabled by default|default off|default: off|"
        "turned off by default|opt in|opt-in|set to off|opted into",
    ),
    signal(
        "text",
        "admins need to enable|admins must enable|must be enabled|need to enable|needs to be enabled|"
        "once configured|to enable this|to enable the feature|administrators can enable|admins can enable|"
        "need to create|create your first|must configure|need to configure|can permit|"
        "administrators to enable|must install|needs to configure|only when configured|"
        "you will need to create|when enabled|feature enabled|if you enable",
    ),
    signal("text", "using powershell|via powershell|powershell cmdlet|set-cs|by setting up|csp is available"),
)

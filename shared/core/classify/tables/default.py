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
    signal(
        "text",
        "not be enabled|is off |remains off|stays off|are off |not turned on|not configured|until an admin|"
        "only if an admin|unless an admin|unless your admin|admin enables|admins enable|once enabled|"
        "if enabled|must first be",
    ),
    signal(
        "text",
        "no impact unless|nothing changes unless|no change unless|no changes unless|"
        "existing behavior is kept|remains unchanged until",
    ),
    signal("text", "opt in|opt into|opt-in|opting in|sign up|join the preview|enroll|request access|onboard"),
    signal(
        "text",
        "requires a license|purchase|add-on|requires setup|to set up|set up the|assign the|deploy the|"
        "install the|create a policy|new policy|pay-as-you-go",
    ),
    signal(
        "summary",
        "off by default|disabled by default|opt-in|must enable|need to enable|can enable|admins enable|configure",
    ),
    signal(
        "summary", "on by default|enabled by default|default-on|by default|automatically|no action|available to all"
    ),
    signal(
        "text",
        "will be available to all|available automatically|no opt-in|always on|cannot be disabled|"
        "cannot be turned off|enabled automatically|rolled out to all",
    ),
)

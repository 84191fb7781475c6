"""Microsoft's service names: old names and the ones they became, so that a rename is not taken for a change."""

# Seen in successive versions of real posts (docs/decisions/0003-what-counts-as-an-edition.md).
_RENAMED = {
    "Identity Service": "Microsoft Entra",
    "Azure Active Directory": "Microsoft Entra",
    "Azure Information Protection": "Microsoft Purview",
    "Microsoft 365 Defender": "Microsoft Defender XDR",
    "Microsoft Copilot for Microsoft 365": "Microsoft Copilot (Microsoft 365)",
    "Microsoft 365 Copilot Chat": "Microsoft Copilot (Microsoft 365)",
    "OneDrive for Business": "Microsoft OneDrive",
    "Office for the web": "Microsoft 365 for the web",
    "Microsoft Office 365 suite": "Microsoft 365 suite",
    "Office 365 suite": "Microsoft 365 suite",
    "Microsoft 365 Apps": "Microsoft 365 apps",
    "Office 365 ProPlus": "Microsoft 365 apps",
    "Yammer": "Microsoft Viva Engage",
    "Yammer Enterprise": "Microsoft Viva Engage",
    "Viva Engage": "Microsoft Viva Engage",
    "Stream": "Microsoft Stream",
    "Planner": "Microsoft Planner",
}
_CANONICAL = {old.casefold(): new for old, new in _RENAMED.items()}


def canonical(service: str) -> str:
    """The name that a service goes by in our rows, whichever of its names the post used."""
    name = " ".join(service.split())
    return _CANONICAL.get(name.casefold(), name)


def canonical_set(services: tuple[str, ...]) -> tuple[str, ...]:
    """The canonical names, each once, in order of the alphabet: order in a post says nothing."""
    return tuple(sorted({canonical(service) for service in services}))


# As Message Center spelt them in posts up to the end of 2025, besides those above.
_SEEN = (
    "Basic Mobility and Security", "Dynamics 365 Apps", "Exchange Online", "Microsoft 365 Copilot Chat",
    "Microsoft 365 apps", "Microsoft 365 for the web", "Microsoft 365 suite", "Microsoft Bookings",
    "Microsoft Clipchamp",
    "Microsoft Copilot (Microsoft 365)", "Microsoft Copilot Chat", "Microsoft Dataverse", "Microsoft Defender XDR",
    "Microsoft Defender for Cloud Apps", "Microsoft Entra", "Microsoft Forms", "Microsoft Intune", "Microsoft OneDrive",
    "Microsoft Places", "Microsoft Power Automate", "Microsoft Power Automate in Microsoft 365", "Microsoft Purview",
    "Microsoft Stream", "Microsoft Teams", "Microsoft Viva", "Microsoft Whiteboard", "Power Apps",
    "Power Apps in Microsoft 365", "Power BI", "Power Platform", "Project for the web", "SharePoint Online",
    "Skype for Business", "Sway", "Universal Print", "Windows", "Windows 365", "Windows Autopatch",
)  # fmt: skip


def known_names() -> tuple[str, ...]:
    """Every name that Microsoft has given a service, as far as we know: new ones come without notice."""
    return tuple(dict.fromkeys((*_SEEN, *_RENAMED, *_RENAMED.values())))

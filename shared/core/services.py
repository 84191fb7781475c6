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

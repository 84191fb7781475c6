"""The wordings of steps: what leads to links or facts, what asks for nothing, what every post says."""

from shared.core.text.wording import Wording, any_of

LINKS = any_of(
    r"(?:helpful |useful |additional |related |more |key |technical )?(?:links|resources|information|documentation"
    r"|references?|details|reading|faqs?)\b",
    r"(?:you can )?(?:learn|read|find)(?: out)? (?:more|about)",
    r"for (?:more|additional|further|detailed|details|guidance|alternative|instructions)",
    r"(?:please )?(?:see|refer|visit|watch|explore|read|view)\b",
    r"to (?:get|view|see|find|learn|read|understand)\b(?!.{2,80}, (?:please )?(?:ensure|enable|turn on|assign|configure"
    r"|verify|install|make sure|confirm|you (?:must|need))\b)",
    r"if you(?:'d| would) like more",
    r"explore these",
    r"(?!.{0,60}\b(?:internal|your|training)\b)(?:review|check)\b.{0,80}(?:documentation|articles?|resources|links"
    r"|here|instructions?)",
    lead=r"^\W{0,8}",
)
FACTS = any_of(
    r"(?:conditions?|criteria|requirements?|are met|is met|limitations?|screenshot|for example|examples?|note|notes"
    r"|available|includes?|including|included|supports?|supported|will (?:be|see|have|show|receive)|users? (?:can"
    r"|will|may)"
    r"|policy name|values?|behaviors?|highlights|features|does the change|what (?:happens|will|is|are|this)|why\b"
    r"|when\b"
    r"|how (?:it|this|will)|who (?:is|will)|impact|key points|known issues?|caption|the following (?:settings|are|is)"
    r"|no action (?:is )?(?:required|needed) if)\b"
)
OFFER = any_of(
    r"(?:you|admins?|administrators|organi[sz]ations|customers|tenants)\b.{0,40}? (?:may|might|can|could)\b",
    r"(?:optional(?:ly)?|if (?:helpful|desired|relevant|useful|needed|you|your|applicable|preferred)|as needed)\b",
    "consider",
    r"to (?:get started|begin using|take advantage|use|explore|try)\b",
)
PURPOSES = frozenset(
    (
        *("prepare", "avoid", "continue", "opt", "disable", "turn", "enable", "migrate", "offboard", "keep"),
        *("ensure", "minimize", "minimise", "comply", "retain", "prevent", "maintain", "reduce", "transition"),
        *("restore", "mitigate", "manage", "configure", "help", "support", "set", "remain", "get", "deploy"),
        *("install", "block", "allow", "adopt", "address", "resolve", "complete", "update", "stay", "limit"),
        *("upgrade", "move", "switch", "control", "restrict", "onboard", "confirm", "verify", "fix"),
    )
)
NOTHING = any_of(
    r"no (?:[\w/-]+ ){0,5}?(?:actions?|preparations?|preparatory steps|steps?|changes)(?: items)? (?:(?:is|are|was"
    r"|will be|on"
    r" your part|from \w+|by \w+) ){0,2}(?:required|needed|necessary|expected)",
    r"(?:with )?no (?:[\w/-]+ ){0,4}?action required",
    r"(?:there(?:'s| is) )?nothing (?:you need )?(?:to do|to prepare|needs to be done|is required)",
    r"(?:do|does) not (?:need to (?:do anything|take any action|prepare)|require (?:any )?(?:\w+ )?action)",
    r"(?:this (?:message|communication|post) )?is for awareness\b",
    r"no preparation is",
)
FORMULA = any_of(
    r"(?:review|assess|evaluate|check) [^.]{2,80}? to (?:determine|assess|understand|evaluate) (?:the |any |what |how "
    r"|its |their |your |potential |possible |likely |copilot |this )*(?:impacts?|effects?)\b",
    r"(?:assess|evaluate|determine|understand) (?:the |any |potential |possible )*(?:impact|effects?)(?: (?:on|to|for)"
    r" (?:your|the) \w+)?$",
    r"review and assess the impact",
    r"(?:notify|inform)(?:ing)? your (?:\w+ )?(?:admins and/or )?users (?:about|of) this (?:change|update|feature"
    r"|rollout)(?: and"
    r" update (?:your|any)? ?(?:relevant |internal |training )*(?:documentation|materials)(?: as (?:appropriate"
    r"|needed))?)?$",
    r"(?:updat|inform|notif|communicat|shar)\w* "
    r"(?!.{0,30}\b(?:scripts?|tools?|code|apps|workflows)\b).{0,30}as (?:appropriate|needed|necessary)$",
    r"communicate as appropriate",
    r"update(?:ing)? (?:your |any )?(?:relevant |internal |training "
    r"|training and )*documentation(?: as (?:appropriate|needed))?$",
    r"plan accordingly",
    r"(?:review|see|read|check) (?:the )?(?:below|above|following)\b",
    r"plan to update your user guidance",
    r"use the feedback",
    r"take (?:this|the|our) (?:\w+ ){0,3}survey",
    r"stay (?:tuned|informed|up to date)",
    r"(?:share|send|provide|submit|give|let us)\b.{0,30}\b(?:feedback|know)\b",
    r"(?:contact|reach|work with|engage)\b.{0,60}\b(?:support|representative|account team|ticket|questions"
    r"|microsoft)\b",
    r"(?:open|raise|submit|create) (?:an? |the |your )?(?:\w+ ){0,3}(?:support|ticket)\b",
    r"(?:consider|start|begin|take|continue) (?:taking )?(?:the following|these|a|action)\b.{0,20}(?:steps"
    r"|actions)?$",
    r"take (?:this|a) moment",
    r"work as",
    r"make (?:\w+ )?(?:better|easier)",
    r"(?:keep|bear) in mind",
    r"follow (?:the|these) (?:\w+ )?(?:steps|instructions|guidance|guide|link)\b(?!.{2,160} to (?:set|allow|enable"
    r"|configure|disable|migrate|turn|deploy|restore|keep)\b)",
    r"\w+ at (?:your|their) (?:own )?(?:discretion|convenience|pace)$",
    r"take (?:the )?(?:following|these|appropriate|any)? ?(?:necessary )?(?:steps|actions?)\b(?:.{0,40}$| if\b)",
    r"(?:use|download) (?:the |our |this |these |microsoft |official |following )*(?:\w+ )?(?:documentation|articles?"
    r"|blogs?|links?|resources?|faqs?|tutorials?|videos?)\b",
    r"(?!.{0,40}\b(?:internal|your|training|help ?desk|user)\b)"
    r"(?!follow (?:the|these) .{2,160} to (?:set|allow|enable|configure|disable|migrate|turn|deploy)\b)"
    r"(?:review|check|explore|consult|bookmark|follow) (?:the |our |this |these |microsoft |updated "
    r"|relevant "
    r"|latest |following |public |official |additional |detailed |available |known "
    r"|linked )*(?:\w+ ){0,3}?(?:documentation"
    r"|articles?|blogs?|information|links?|resources?|release notes|faqs?|roadmap|message|posts?|kb\w*|guidance"
    r"|details"
    r"|learn\b|tutorial|video|guides?|considerations)\b(?! (?:that|which|and|in your|for (?:your|users)))",
    r"familiari[sz]e yourself",
    lead=r"^(?!in order to)(?:[^,]{2,160}, )?(?:consider |please )?(?:\w+ly )?",
)
# What says nothing where nothing is needed.
IDLE = any_of(
    r"review your (?:current |existing )?(?:[\w-]+ ){0,4}(?:configurations?|settings|setup)"
    r"(?:(?:,| and)? (?:if applicable|as needed|notify\b.*|inform\b.*|update\b.*))?$",
    r"(?:review|understand|explore|learn) how\b(?!.{0,60}\b(?:permissions?|sharing|access) (?:is|are) )",
    r"(?:monitor|watch|review) (?:user |customer |community |future |upcoming )?(?:feedback|announcements?|adoption"
    r"|communications?)\b",
    r"reassure",
    lead=r"^",
)
LINK_TEXT = Wording(r"\| Microsoft|Microsoft (?:Learn|Support|Community Hub)\W{0,3}$|https?://\S+$|\?$")

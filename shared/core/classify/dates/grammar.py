"""The grammar of date phrases, as one regular expression: which words name days."""

import re

from shared.core.text.wording import Wording

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_YEAR = r"20\d\d(?!\d)"
_PART = (
    r"(?:early|mid(?:dle)?(?:\s+of)?|late|(?:beginning|start|end)(?:[\s-]+of(?:[\s-]+the)?(?:\s+month\s+of)?|(?=\s?-)))"
)
_ORDINAL = r"(?:first|1st|second|2nd|third|3rd|fourth|4th|last)"
_OF = r"\s*(?:of\s+)?(?:the\s+)?"
_CALENDAR = r"(?:calendar\s+year\s*|calendar\s*|year\s+|cy\s*|(?P<fiscal{n}>fiscal\s+year\s*|fy\s*))?"


def _calendar(number: int) -> str:
    return _CALENDAR.replace("{n}", str(number))


# One alternation, most specific first; the named groups say which form was met. Every repetition is bounded.
PHRASE = Wording(
    rf"""
    \b(?:
    (?P<iso>20\d\d)-(?P<iso_m>[01]\d)-(?P<iso_d>[0-3]\d)(?!\d)
  | (?<![\d/.])(?P<us_m>[01]?\d)/(?P<us_d>[0-3]?\d)/(?P<us_y>(?:20)?\d\d)(?![\d/])
  | (?P<week>(?:the\s+)?week\s+(?:of|starting|beginning|commencing)\s+
        (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:the\s+)?)?
    (?P<d_m>\b{MONTH})\s*(?P<d_d>[0-3]?\d)(?!\d)(?:st|nd|rd|th)?
        (?:\s{{0,2}}[-–]\s{{0,2}}(?P<d_d2>[0-3]?\d)(?!\d)(?:st|nd|rd|th)?(?!\s*(?:am|pm|:|%)))?
        (?:\s*,?\s*(?P<d_y>{_YEAR}))?
  | (?<![\d.,])(?P<e_d>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<e_m>{MONTH})(?:\s*,?\s*(?P<e_y>{_YEAR}))?
  | \b(?P<p1>{_PART})(?:[\s,-]*(?P<p_to>to|through|thru|until|or|and|/|–|-)?[\s-]*(?P<p2>{_PART}))?[\s,–-]*
        (?P<p_m>{MONTH})(?:\s*,?\s*(?:of\s+)?(?P<p_y>{_YEAR}))?
  | \b(?P<w_n>{_ORDINAL})\s+(?P<w_what>week|half)\s+(?:of|in)\s+(?P<w_m>{MONTH})(?:\s*,?\s*(?P<w_y>{_YEAR}))?
  | (?P<m_m>\b{MONTH})\s*,?\s*(?:of\s+)?(?P<m_y>{_YEAR}|'\d\d(?!\d))
  | \b(?:(?P<q_p>early|mid|late|end\s+of|beginning\s+of)[\s-]*(?:the\s+)?)?
        (?:(?P<q_lead>cy|fy)?\s*'?(?P<q_y0>20\d\d|(?<=[cf]y)\d\d)?\s*\bq(?P<q_n>[1-4])\b
        |(?P<q_o>{_ORDINAL})\s+(?:calendar\s+)?quarter)
        (?:{_OF},?\s*{_calendar(1)}'?(?P<q_y>{_YEAR}|(?<=[cf]y)\d\d(?!\d)|(?<=[cf]y\s)\d\d(?!\d)))?
  | \b(?:h(?P<h_n>[12])|(?P<h_o>{_ORDINAL})\s+half){_OF},?\s*{_calendar(2)}(?P<h_y>{_YEAR})
  | \b(?:(?P<y_p>early|mid|late|end\s+of|beginning\s+of|start\s+of)[\s-]*(?:the\s+)?)?
        (?P<y_lead>calendar\s+year|cy|year|in|by|during)?\s*(?P<y_y>{_YEAR})(?![-/.]\d)
  | (?P<l_m>\b{MONTH})
  | \b(?P<later>later\s+this\s+(?:calendar\s+)?year|(?:the\s+)?end\s+of\s+(?:the|this)\s+(?:calendar\s+)?year)
  | \b(?:the\s+)?next\s+(?P<n_d>\d{{1,3}})\s+days
    )
    """,
    re.VERBOSE,  # over lower-case text: ignoring case would make every alternative be tried at every word
)

# A line without any of these names no days; what stands far from all of them need not be looked at. Every alternative
# begins with a letter or a digit as it is: so the search runs over a line without trying each of them at each place.
_HINT = (
    r"20\d\d|/\d|J(?:an|un|ul|AN|UN|UL)|F(?:eb|EB)|M(?:a[ry]|A[RY])|A(?:pr|ug|PR|UG)|S(?:ep|EP)|O(?:ct|CT)|N(?:ov|OV)"
    r"|D(?:ec|EC)|Q[1-4]"
)
#: Hints in small letters, each looked for by itself: in running text most letters could begin one of them.
SMALL_HINTS = (
    *("january", "february", "april", "june", "july", "august", "september", "october", "november", "december"),
    *("early ma", "early-ma", "mid ma", "mid-ma", "late ma", "late-ma", "uarter", "alf of"),
    *("this year", "this calendar year", "the year", "the calendar year"),
)
_NEXT_DAYS = r"next \d+ days"
HINT = Wording(rf"{_HINT}|{'|'.join(SMALL_HINTS)}|{_NEXT_DAYS}")
#: The hints that begin with a capital or a digit.
CAPITAL_HINT = Wording(_HINT)
NEXT_DAYS = Wording(_NEXT_DAYS)
LOOK_BEHIND, LOOK_AHEAD = 60, 60

# "May" and "March" are words, too: a month that stands alone counts only after a word that leads to a date.
LEADS = Wording(
    r"(?:\b(?:in|by|from|since|until|till|through|throughout|during|before|after|starting|beginning|begins|of|to|and|or"
    r"|between|for|end|this|next)|[-–/,(:&])\s*$",
    re.IGNORECASE,
)
FOLLOWS = Wording(
    rf"\s*(?:/|–|-|&|\bto\b|\bthrough\b|\band\b|\bor\b)\s*(?:early|mid|late)?[\s-]*{MONTH}", re.IGNORECASE
)

"""The chains of responsibility that offices use, domain by domain (domain.md 2.2): proposals to be edited."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from tracker.organization.models import ChainRole, ChainRule


@dataclass(frozen=True)
class TemplateLink:
    """A link: its role, the rule that finds who stands there, and by which words a post's title is known."""

    role: ChainRole
    rule: ChainRule
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """A chain for the domains with one of the codes; from the top down."""

    code: str
    name: LazyString
    domains: tuple[str, ...]
    links: tuple[TemplateLink, ...]


_SECRETARY = TemplateLink(ChainRole.FIRST_RESPONSIBLE, ChainRule.POST, ("党委书记", "党组书记"))
_HEAD = TemplateLink(ChainRole.FIRST_RESPONSIBLE, ChainRule.POST, ("镇长", "乡长", "主任"))
_DEPUTY = TemplateLink(ChainRole.DIRECT_RESPONSIBLE, ChainRule.DEPUTY_IN_CHARGE)
_EACH = TemplateLink(ChainRole.LEADERSHIP, ChainRule.EACH_IN_FIELD)
_INSPECTION = TemplateLink(ChainRole.SUPERVISING, ChainRule.POST, ("纪委书记", "纪检委员"))

TEMPLATES: tuple[Template, ...] = (
    Template(
        "ideology",
        _l("意识形态：主体、第一、直接、一岗双责、具体"),
        ("ideology",),
        (
            TemplateLink(ChainRole.MAIN, ChainRule.BODY),
            _SECRETARY,
            TemplateLink(ChainRole.DIRECT_RESPONSIBLE, ChainRule.DEPUTY_IN_CHARGE, ("党委副书记",)),
            _EACH,
            TemplateLink(ChainRole.SPECIFIC, ChainRule.POST, ("宣传办主任", "宣传委员")),
        ),
    ),
    Template(
        "ideology-each",
        _l("意识形态：班子成员各负其责"),
        ("ideology",),
        (_SECRETARY, TemplateLink(ChainRole.DIRECT_RESPONSIBLE, ChainRule.EACH_IN_FIELD)),
    ),
    Template("safety", _l("安全生产：党政同责"), ("safety",), (_SECRETARY, _HEAD, _DEPUTY, _EACH)),
    Template(
        "conduct",
        _l("党风廉政：主要负责人负总责"),
        ("conduct", "party_conduct"),
        (_SECRETARY, TemplateLink(ChainRole.LEADERSHIP, ChainRule.EACH_IN_FIELD), _INSPECTION),
    ),
    Template(
        "village",
        _l("巡察整改：村党组织直接负责"),
        (),
        (_SECRETARY, TemplateLink(ChainRole.DIRECT_RESPONSIBLE, ChainRule.BODY), _EACH, _INSPECTION),
    ),
    Template(
        "environment",
        _l("生态环境：党政同责、一岗双责"),
        ("environment",),
        (_SECRETARY, _HEAD, _DEPUTY, _EACH),
    ),
)

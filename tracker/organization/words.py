"""The words of the office for the parts of a chain of responsibility (domain.md 2.2)."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from tracker.organization.models import ChainRole, ChainRule

ROLE_WORDS: dict[ChainRole, LazyString] = {
    ChainRole.MAIN: _l("主体责任"),
    ChainRole.FIRST_RESPONSIBLE: _l("第一责任人"),
    ChainRole.DIRECT_RESPONSIBLE: _l("直接责任"),
    ChainRole.LEADERSHIP: _l("领导责任（一岗双责）"),
    ChainRole.SPECIFIC: _l("具体责任"),
    ChainRole.SUPERVISING: _l("监督责任（不在链条内）"),
}
RULE_WORDS: dict[ChainRule, LazyString] = {
    ChainRule.POST: _l("按岗位"),
    ChainRule.DEPUTY_IN_CHARGE: _l("分管领导，按分工"),
    ChainRule.EACH_IN_FIELD: _l("班子成员，各自分管范围"),
    ChainRule.BODY: _l("按单位，由其主要岗位办理"),
}

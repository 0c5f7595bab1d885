"""The office's words for the marks."""

from tracker.documents.models import Secrecy
from tracker.words import N_

SECRECY_WORDS: dict[Secrecy, str] = {
    Secrecy.OPEN: N_("不标注"),
    Secrecy.INTERNAL: N_("内部"),
    Secrecy.WORK_SECRET: N_("工作秘密"),
}

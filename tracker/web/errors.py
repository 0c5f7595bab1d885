"""What the user reads when something did not work."""

import logging
from dataclasses import dataclass

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from tracker.audit.denials import record_denial
from tracker.audit.models import AuditRow
from tracker.database import Busy, writing
from tracker.extensions import db
from tracker.refusals import NotAllowed, Refused
from tracker.web.redirects import page_of_form

RETRY_AFTER = {"Retry-After": "5"}  # seconds
# SQLSTATE of PostgreSQL: two transactions could not both be carried out, and this one was given up
GIVEN_UP = frozenset({"40001", "40P01"})

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Explanation:
    """An error in three sentences."""

    title: str
    happened: str
    kept: str
    advice: str


_GENERIC = Explanation(
    _l("这一步没有完成"),
    _l("系统在办理时出错，已记入日志。"),
    _l("没有保存任何改动。"),
    _l("返回上一页再试；仍然出错时，把下面的编号告诉系统管理员。"),
)
EXPLANATIONS: dict[int, Explanation] = {
    400: Explanation(
        _l("地址或填写的内容无法识别"),
        _l("其中有系统不能识别或存不下的内容。"),
        _l("没有保存任何改动，返回后填写的内容一般仍在。"),
        _l("从页面上的链接和按钮进入，或返回上一页改正后重新提交。"),
    ),
    403: Explanation(
        _l("此环节由其他岗位办理"),
        _l("您可以查看，但不能办理。"),
        _l("没有保存任何改动。"),
        _l("请联系办理岗位。"),
    ),
    404: Explanation(
        _l("没有这个页面，或您无权查看"),
        _l("地址可能有误，或内容不在您的查看范围内。"),
        _l("没有任何改动。"),
        _l("从首页重新进入；需要查看时联系本单位经办人员。"),
    ),
    405: Explanation(
        _l("不能这样打开"), _l("这个地址只接受表单提交。"), _l("没有任何改动。"), _l("从页面上的按钮进入。")
    ),
    409: Explanation(
        _l("与其他人的改动相冲突"),
        _l("同一内容刚刚有人保存过，或同一张表单提交了两次。"),
        _l("先保存的一次有效，这一次没有保存任何改动。"),
        _l("返回上一页，刷新后核对现在的内容；仍需改动时重新填写。"),
    ),
    413: Explanation(
        _l("内容太大，没有收下"),
        _l("一次提交的文件合计不超过 20 MB，文字不超过 50 万字；这一次超过了。"),
        _l("没有保存任何改动：选的文件和填写的文字都没有收下。"),
        _l("回到表单重新填写；图片先压缩，文件分几次上传。返回上一页时，填写的文字可能还在。"),
    ),
    503: Explanation(
        _l("系统正忙"),
        _l("其他人正在保存，稍等仍未轮到。"),
        _l("没有保存任何改动，返回后填写的内容一般仍在。"),
        _l("稍候几秒，返回上一页重新提交。"),
    ),
    500: _GENERIC,
}
EXPIRED = Explanation(
    _l("页面已过期"),
    _l("页面打开时间过长，或不是从本系统提交的。"),
    _l("没有保存任何改动，返回后填写的内容一般仍在。"),
    _l("返回上一页，刷新后重新提交。"),
)
UNREACHABLE = Explanation(
    _l("暂时无法使用"),
    _l("系统连不上数据库，已记入日志。"),
    _l("没有保存任何改动，返回后填写的内容一般仍在。"),
    _l("稍候片刻重试；仍然出现时，把下面的编号告诉系统管理员。"),
)
UNTRACED = Explanation(
    _l("操作记录写不进去，没有办理"),
    _l("每一步都要留下操作记录；记录写不进去时，系统不办理，也不给出文件。"),
    _l("没有保存任何改动，返回后填写的内容一般仍在。"),
    _l("把下面的编号告诉系统管理员，请其检查数据库；恢复以后返回上一页重新提交。"),
)


def answer_errors(app: Flask) -> None:
    """Let every error end in a page (or, under /api/, in JSON) that says what to do."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _bad_token)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(NoConnectionFree, _database_error)
    app.register_error_handler(HTTPException, _http_error)


def note_refusal(refusal: Refused) -> None:
    """Roll the refused act back and write its trail row by itself."""
    db.session.rollback()
    if isinstance(refusal, NotAllowed) and current_user.is_authenticated:
        with writing():
            record_denial("access.refused", request.path, message=refusal.message)


def _refused(refusal: Refused) -> ResponseReturnValue:
    """A refusal that no form took up."""
    try:
        note_refusal(refusal)
    except Busy as busy:
        return _busy(busy)
    except DBAPIError as error:
        return _database_error(error)
    return _page(refusal.status, happened=refusal.message)


def _bad_token(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, EXPIRED)


def _busy(_error: Busy) -> ResponseReturnValue:
    return _page(503)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:  # a redirect raised by routing
        return error
    if code == 404 and current_user.is_authenticated and request.endpoint is not None:
        try:
            _note_not_found()
        except Busy as busy:
            return _busy(busy)
        except DBAPIError as error:
            return _database_error(error)
    if code >= 500:
        log.error("request %s was answered %s", g.get("request_id", ""), code)
    return _page(code)


def _note_not_found() -> None:
    db.session.rollback()
    with writing():
        record_denial("access.not_found", request.path)


def _database_error(error: DBAPIError | NoConnectionFree) -> ResponseReturnValue:
    """The database said no: what had been done is rolled back, and the log has the reason."""
    code, text = _judged(error)
    log.error("request %s: %s", g.get("request_id", ""), text.title, exc_info=error)
    db.session.rollback()
    return _page(code, text)


def _judged(error: DBAPIError | NoConnectionFree) -> tuple[int, Explanation]:
    """Return the status for an error of the database, and what is said about it."""
    if isinstance(error, NoConnectionFree):
        return 503, EXPLANATIONS[503]
    if getattr(error.orig, "sqlstate", None) in GIVEN_UP:
        return 409, EXPLANATIONS[409]
    if "locked" in str(error.orig):
        return 503, EXPLANATIONS[503]
    if error.connection_invalidated or _is_away(error):
        return 503, UNREACHABLE
    if f"INTO {AuditRow.__tablename__} " in (error.statement or ""):
        return 500, UNTRACED
    if isinstance(error, IntegrityError):
        return 409, EXPLANATIONS[409]
    return (400, EXPLANATIONS[400]) if isinstance(error, DataError) else (500, _GENERIC)


def _is_away(error: DBAPIError) -> bool:
    """Whether nothing was asked of the database because it could not be reached."""
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    said = str(error.orig)
    # without a state psycopg got no connection; 08: it broke, 53300: too many, 57P: shut down or starting
    by_postgres = hasattr(error.orig, "sqlstate") and (not state or state.startswith(("08", "53300", "57P")))
    return by_postgres or "unable to open database file" in said


def _page(code: int, text: Explanation | None = None, *, happened: str | None = None) -> ResponseReturnValue:
    text = text or EXPLANATIONS.get(code, _GENERIC)
    g.failing = code >= 500  # the frame then asks the database nothing
    headers = RETRY_AFTER if code == 503 else {}
    said = str(text.happened) if happened is None else happened
    if request.path.startswith("/api/"):
        answer = {"code": code, "message": said, "request_id": g.get("request_id", "")}
        return {"error": answer}, code, headers
    page = render_template(
        "errors/error.html",
        code=code,
        title=text.title,
        happened=said,
        kept=text.kept,
        todo=text.advice,
        request_id=g.get("request_id", ""),
        back_url=page_of_form() if code == 413 else None,
        back_label=_("回到表单"),
        other_language=None,  # a page that is missing has no other language, and does not repeat its address
    )
    return page, code, headers

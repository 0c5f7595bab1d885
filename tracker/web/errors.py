"""What the user reads when something did not work."""

from dataclasses import dataclass

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from tracker.audit.models import Outcome
from tracker.audit.trail import record
from tracker.database import Busy, writing
from tracker.extensions import db
from tracker.refusals import NotAllowed, Refused


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
        _l("页面已过期"),
        _l("页面打开时间过长，或不是从本系统提交的。"),
        _l("没有保存任何改动，返回后填写的内容一般仍在。"),
        _l("返回上一页，刷新后重新提交。"),
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
    413: Explanation(
        _l("文件太大"), _l("单次上传不超过 20 MB。"), _l("没有保存任何改动。"), _l("压缩图片或分次上传。")
    ),
    503: Explanation(
        _l("系统正忙"),
        _l("其他人正在保存，稍等仍未轮到。"),
        _l("没有保存任何改动，返回后填写的内容一般仍在。"),
        _l("稍候几秒，返回上一页重新提交。"),
    ),
    500: _GENERIC,
}


def answer_errors(app: Flask) -> None:
    """Let every error end in a page (or, under /api/, in JSON) that says what to do."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _bad_token)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(HTTPException, _http_error)


def note_refusal(refusal: Refused) -> None:
    """Roll the refused act back and write its trail row by itself."""
    db.session.rollback()
    if isinstance(refusal, NotAllowed) and current_user.is_authenticated:
        with writing():
            record("access.refused", request.path[:64], outcome=Outcome.REFUSED, message=refusal.message)


def _refused(refusal: Refused) -> ResponseReturnValue:
    """A refusal that no form took up."""
    note_refusal(refusal)
    return _page(refusal.status, happened=refusal.message)


def _bad_token(_error: CSRFError) -> ResponseReturnValue:
    return _page(400)


def _busy(_error: Busy) -> ResponseReturnValue:
    return _page(503)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:  # a redirect raised by routing
        return error
    if code == 404 and current_user.is_authenticated and request.endpoint is not None:
        db.session.rollback()
        with writing():
            record("access.not_found", request.path[:64], outcome=Outcome.REFUSED)
    return _page(code)


def _database_error(error: OperationalError) -> ResponseReturnValue:
    db.session.rollback()
    return _page(503 if "locked" in str(error.orig) else 500)


def _page(code: int, *, happened: str | None = None) -> ResponseReturnValue:
    text = EXPLANATIONS.get(code, _GENERIC)
    g.failing = code >= 500  # the frame then asks the database nothing
    said = str(text.happened) if happened is None else happened
    if request.path.startswith("/api/"):
        return {"error": {"code": code, "message": said, "request_id": g.get("request_id", "")}}, code
    page = render_template(
        "errors/error.html",
        code=code,
        title=text.title,
        happened=said,
        kept=text.kept,
        todo=text.advice,
        request_id=g.get("request_id", ""),
        other_language=None,  # a page that is missing has no other language, and does not repeat its address
    )
    return page, code

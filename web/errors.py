"""What went wrong, told in words: one table from exception to status and page.

Every page says what is so, whether anything was lost, and what to do next.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    MethodNotAllowed,
    RequestEntityTooLarge,
)
from werkzeug.exceptions import NotFound as NoSuchPage

from casework.errors import (
    Conflict,
    IndexUnavailable,
    NotAllowed,
    NotFound,
    RecordsUnavailable,
    Rejected,
)
from casework.storage.attempts import Throttled
from web.api import problems

PROGRAMS = "/api/"
"""Below this path programs are answered, not people."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """status, the heading that says what is so, and the sentence that says what to do."""

    status: int
    title: Any
    lead: Any


PAGES: dict[type[Exception], ErrorPage] = {
    NoSuchPage: ErrorPage(404, _l("找不到这一页"), _l("网址可能抄错了一位，或者这件事不归您看。")),
    NotFound: ErrorPage(404, _l("找不到这一页"), _l("网址可能抄错了一位，或者这件事不归您看。")),
    MethodNotAllowed: ErrorPage(405, _l("不能这样打开这一页"), _l("请从首页或者工作台重新进来。")),
    Forbidden: ErrorPage(403, _l("您的账号不能打开这一页"), _l("需要的话，请找本单位管理员开通。")),
    NotAllowed: ErrorPage(403, _l("您不能这样做"), _l("需要的话，请找本单位管理员开通。")),
    Conflict: ErrorPage(
        409,
        _l("别人刚刚改过这一件"),
        _l("您的这一步没有记下。请返回看看现在的情况，再决定要不要做。"),
    ),
    RequestEntityTooLarge: ErrorPage(
        413,
        _l("内容太长，或者文件太大，没有收到"),
        _l("请按浏览器的返回键，您写的还在；删短一些，或者少选几个文件，再递交。"),
    ),
    Throttled: ErrorPage(429, _l("试的次数太多了"), _l("请过%(minutes)s分钟再试。")),
    CSRFError: ErrorPage(
        400,
        _l("这一页放得太久了，没有收到"),
        _l("请按浏览器的返回键，刷新那一页，再做一次。浏览器要允许本站的Cookie。"),
    ),
    Rejected: ErrorPage(400, _l("这样不行，没有记下"), ""),
    BadRequest: ErrorPage(400, _l("看不懂这个请求"), _l("请从首页或者工作台重新进来。")),
    IndexUnavailable: ErrorPage(
        503,
        _l("检索暂时不能用"),
        _l("图表和搜索要等一会儿；工单和时限不受影响。"),
    ),
    RecordsUnavailable: ErrorPage(
        503,
        _l("系统暂时不能记录"),
        _l("刚才的内容没有收到。请过几分钟再试；急事请打电话。已经递交的照常办，答复日期不变。"),
    ),
}
"""The nearest ancestor of an exception decides."""

ANY_ERROR = ErrorPage(
    500, _l("我们这边出错了"), _l("刚才那一步可能没有记下。请返回看一看，再做一次。")
)
SUBMIT_LEAD = _l(
    "没有拿到编号，就是还没收到。请按浏览器的返回键，您写的内容还在，再递交一次，不会重复收件。"
)

REASONS = {
    "empty": _l("这一项没有写。"),
    "required": _l("这一项没有写。"),
    "personal": _l("里面有个人信息（手机、身份证、银行卡或者车牌号码），去掉再公开。"),
    "too_long": _l("太长了：写了%(length)s字，最多%(limit)s字。"),
    "characters": _l("里面有看不见的控制字符，请删掉再试。"),
    "kind": _l("没有这个类别。"),
    "amount": _l("只能是1到%(most)s。"),
    "number": _l("请写一个整数。"),
    "extension_amount": _l("只能是0到%(most)s。"),
    "extension_of_reply": _l("只有答复的时限可以延期。"),
    "warnings": _l("请写1到99之间的百分数，从小到大，最多%(most)s个，例如 50 80。"),
    "warnings_of_co_handle": _l("会办照提醒的阶梯提醒，不能另定。"),
    "no_condition": _l("至少选一个条件：不选的话，所有来件都照它办。"),
    "same_combination": _l("这种情况已经另定过（%(rule)s），请在那一条上改。"),
    "longer_than_law": _l(
        "比法定的长：%(law)s。例如%(day)s收到的会更晚到期。本市只能定得短，不能定得长。"
    ),
    "too_many_words": _l("词太多了，最多%(most)s个。"),
    "near": _l("相近的词要写两个，相隔1到%(most)s个字。"),
    "pattern": _l("这个正则表达式看不懂：%(detail)s"),
    "levels_rise": _l("级别要一级比一级高，写整数，蓝色从0起。"),
    "days_in_order": _l("最后一天不能早于第一天，也不能超过一年。"),
    "effective_from": _l("最早从%(first)s起：更早的日子已经有一版了。"),
    "channel": _l("没有这个渠道。"),
    "unknown": _l("没有这个选项，请重新选。"),
    "time": _l("时间没有写清楚。"),
    "future": _l("时间在将来，请核对。"),
    "reply_without_time": _l("有答复但没有答复时间。"),
    "accused": _l("不能派给被举报的单位或者它的下属单位。"),
    "same_department": _l("已经在这个单位了。"),
    "not_allowed": _l("您的账号没有这个权限。"),
    "contact_of_report": _l("举报人的联系方式不向承办单位显示。"),
    "phone": _l("电话号码请写数字，例如 13800001234。"),
    "email": _l("电子邮箱请写成 name@example.org 这样。"),
    "chat_account": _l("账号请用字母、数字和 . _ @ + - ，最多100个。"),
    "nothing_changed": _l("草稿和最新一版一样，没有要启用的。"),
    "nobody_left": _l("这是最后一个能办这一件的人，先改派或者加人，再回避。"),
    "confirm": _l("请先确认以上情况属实。"),
    "no_accused_confirm": _l("没有选被举报单位，请勾选“没有被举报单位”确认一下。"),
    "taken": _l("已经有了，请换一个。"),
    "code": _l("请用字母、数字、- 和 _，最多60个。"),
    "file_kind": _l("不收“%(value)s”这样的文件。请用CSV、Excel（.xlsx）或者每行一个JSON。"),
    "throttled": _l("试的次数太多了，请过%(minutes)s分钟再试。"),
    "not_publishable": _l("这件的答复不能公开：反映人不同意、要求保密、是举报，或者还没有答复。"),
    "issue_rest": _l("至少要留下两件。如果全都不是一件事，请判“不是同一件事”。"),
    "issue_part": _l("拆成新的热点，至少要选两件。"),
    "no_issue": _l("没有这个热点问题，或者已经并到别处。"),
    "same_issue": _l("不能并入它自己。"),
    "linked": _l("这一件已经关联了。"),
    "yourself": _l("现在就在您手上，请选别人。"),
    "unit_asked": _l("已经转给这个单位了，还在等它回应。"),
    "alert_owner": _l("这个预警在别人手上，要由现在负责的人来办。"),
    "state": _l("这一件现在的状态不能这样做。"),
    "urged": _l("24小时里已经催过一次，单位看到了；急的话请打热线。"),
    "claimed": _l("别人刚认领了这一件，先看看是谁；要接手，再按一次。"),
    "bound": _l("由谁办已经裁定过，不能再退单。"),
    "return_too_late": _l("派来超过5个工作日了，不能再退单。"),
    "co_asked": _l("已经请过这个单位，还在等它的意见。"),
    "co_ended": _l("这份会办意见已经交了，或者不用了。"),
    "co_due": _l("要在现在以后，不能晚于答复的期限（%(last)s）。"),
    "not_for_outside": _l("举报、要求保密的和有被举报单位的，不能转给外单位。"),
    "no_outside_mail": _l("没有设发信的服务器或者本站的网址，发不了链接。请管理员先设好。"),
    "all_recused": _l("这个单位的人都要回避，请不了它。"),
    "asked": _l("同样的申请已经在等批准。"),
    "decided": _l("别人已经批过了，或者已经用不着批了。"),
    "extended": _l("已经延过一次，不能再延。"),
    "extend_too_late": _l("已经过期，不能再申请延期：要在到期以前申请。"),
    "extension": _l("这条时限最多可以延%(most)s。"),
    "suspension": _l("为这个原因最多可以停%(most)s天。"),
    "no_clock": _l("没有在走的答复时限。"),
    "needs_second": _l("这一件的答复要两个人：请送审，由别人看过再给群众。"),
    "own_request": _l("不能批自己的申请，由别人来批。"),
    "not_your_level": _l("这一级批不了，要由上一级来批。"),
    "day": _l("日期请写成 2026-11-20 这样。"),
    "missing": _l("还有要素没有填。"),
    "element": _l("还没填。"),
    "too_many_drafts": _l("没写完的已经有%(limit)s件，请先写完或者扔掉几件。"),
    "report_screened": _l("举报不能当场办结，要由筛查席认定。"),
    "report_apart": _l("举报要单独办，只能并入同一人就同一事实的另一件举报。"),
    "join_gone": _l("要并入的那一件已经不在办了，请重新选。"),
    "not_recorded": _l("系统暂时不能记录，请过一会儿再按一次。"),
    "no_ticket": _l("没有这个编号，或者它不归您看。"),
    "same_ticket": _l("不能并入它自己。"),
    "too_late": _l("过了10分钟，不能撤回了；可以改派或者重新受理。"),
    "acted_on": _l("后来已经有人办过这一件，不能撤回。"),
    "objected": _l("您已经提过一次异议，人工又看过了。要再反映，请打热线。"),
    "contact_confidential": _l("反映人要求保密，联系方式不向承办单位显示。"),
    "file_empty": _l("文件是空的，没有收。"),
    "file_too_large": _l("太大，没有收：每个最多%(limit)sMB。"),
    "file_type": _l("不是能收的文件。能收的有JPG、PNG、WebP照片，PDF、DOCX、XLSX和纯文本。"),
    "file_heic": _l("是HEIC照片，没有收。请在手机的相机设置里选“兼容性最佳”，或者截一张图再传。"),
    "file_no_photograph": _l("不是照片，没有收。请传JPG、PNG或者WebP照片。"),
    "file_damaged": _l("打不开，可能坏了，没有收。"),
    "file_pixels": _l("像素太多，没有收：最多%(limit)s百万像素。"),
    "file_macros": _l("里面有宏或者嵌入的对象，不安全，没有收。请另存为不带宏的文件。"),
    "file_outside": _l("打开时会去别处取内容，不安全，没有收。"),
    "file_protected": _l("有密码，没有收。请去掉密码再传。"),
    "file_bomb": _l("解开以后太大，没有收。"),
    "file_unsafe": _l("没有通过病毒检查，没有收。"),
    "file_unscanned": _l("病毒检查现在不能用，没有收，请过一会儿再传。"),
    "file_not_kept": _l("现在存不下，没有收，请过一会儿再传；文字可以先递交。"),
    "files_full": _l("现在传照片的人太多，存不下，没有收，请过一会儿再传；文字可以先递交。"),
    "too_many_files": _l("没有收：最多%(limit)s个。"),
    "form_sent": _l("这份留言已经递交，加不进去。要补照片，请另写一条，写上编号。"),
    "files_changed": _l("随答复的文件刚刚变了，请看看现在的文件，再答复一次。"),
    "too_many": _l("太多了，最多%(limit)s条。"),
    "training": _l("这一项正在训练，或者已经在排队。"),
    "train_source": _l("请给一个CSV文件，或者写 --corrections。"),
    "ranked_task": _l("--only-labels-of-file只用于事项和承办单位（--task topic、--task unit）。"),
    "engine_task": _l("--engine和--table只用于情绪（--task sentiment）。"),
    "use_what": _l("请写一个模型的版本，或者 --previous，或者 --shipped。"),
    "in_use": _l("这个模型已经在用了。"),
    "no_previous": _l("以前没有换过模型，没有上一个可以退回。"),
    "changed": _l("别人刚刚改过这一件，请看看现在的情况再做。"),
}


def reason_words(error: Rejected | Conflict) -> str:
    """Why something was rejected, as a sentence in the page's language."""
    words = REASONS.get(error.reason)
    if words is None:
        return str(_("这里的内容不能接受（%(reason)s）。", reason=error.reason))
    values = error.values if isinstance(error, Rejected) else {}
    return str(words) % {
        name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()
    }


def page_of(error: Exception) -> ErrorPage:
    """The table's page for an exception."""
    for kind in type(error).__mro__:
        if kind in PAGES:
            return PAGES[kind]
    return ANY_ERROR


def register(app: Flask) -> None:
    """Answer every exception with its page."""
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Any:
    """The page for an exception; redirects pass through."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error
    if request.path.startswith(PROGRAMS):
        return problems.answer(error)
    page = page_of(error)
    trace = ""
    if page is ANY_ERROR:
        trace = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
        log.error("trace %s", trace, exc_info=error)
    elif page.status == 503:
        log.error("%s", error)
    return show(page, _lead(page, error), trace), page.status


def show(page: ErrorPage, lead: str, trace: str = "") -> str:
    """The page, in the room the reader is in."""
    staff = g.get("person") is not None
    return render_template(
        "errors/desk.html" if staff else "errors/public.html",
        page=page,
        title=str(page.title),
        lead=lead,
        trace=trace,
    )


def _lead(page: ErrorPage, error: Exception) -> str:
    if isinstance(error, Throttled):
        return str(page.lead) % {"minutes": error.minutes}
    if isinstance(error, Rejected) or (isinstance(error, Conflict) and error.reason in REASONS):
        return reason_words(error)
    if page is ANY_ERROR and request.endpoint == "public.submit" and request.method == "POST":
        return str(SUBMIT_LEAD)
    return str(page.lead)

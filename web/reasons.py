"""Why something was not taken, as a sentence: for the command line and for files of rejected rows."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from casework.errors import (
    Conflict,
    FileUnreadable,
    IndexHeld,
    IndexUnavailable,
    MinshengError,
    NotFound,
    RecordsUnavailable,
    Rejected,
)
from classifier.listed_lines import LineProblem, ListUnreadable
from web.errors import REASONS

FIELDS = {
    "subject": _l("主题"),
    "body": _l("正文"),
    "received_at": _l("来件时间"),
    "replied_at": _l("答复时间"),
    "source_ref": _l("编号"),
    "sender": _l("反映人"),
    "department": _l("单位"),
    "reply": _l("答复"),
    "place": _l("地点"),
    "channel": _l("渠道"),
    "kind": _l("类别"),
    "map": _l("列对应"),
    "contact_name": _l("姓名"),
    "contact_phone": _l("电话"),
    "contact_email": _l("邮箱"),
    "username": _l("用户名"),
    "display_name": _l("姓名"),
    "roles": _l("角色"),
    "password": _l("密码"),
    "old": _l("现在的密码"),
    "heir": _l("由谁接"),
    "code": _l("代码"),
    "name": _l("名称"),
    "parent": _l("上级"),
    "level": _l("层级"),
    "source": _l("依据"),
    "amount": _l("多长"),
    "unit": _l("单位"),
    "extend": _l("可延多少"),
    "extend_by": _l("延期由谁批"),
    "warnings": _l("提醒"),
    "clock": _l("哪种时限"),
    "district": _l("区县"),
    "topic": _l("事项"),
    "urgency": _l("紧急程度"),
    "day": _l("日期"),
    "effective_from": _l("从哪天起"),
    "settings": _l("来源设置"),
    "notice": _l("放假通知"),
    "file": _l("文件"),
    "word": _l("词"),
    "reason": _l("理由"),
    "draft": _l("草稿"),
    "address": _l("邮箱或者账号"),
    "office_mail": _l("单位邮箱"),
    "language": _l("文字"),
}
ROW_REASONS = {
    "time": _l("“%(value)s”不是时间。"),
    "time_empty": _l("时间是空的。"),
    "too_many_cells": _l("有%(cells)s格，表头只有%(columns)s列。"),
    "row": _l("这一行读不出来：%(detail)s"),
    "line_too_long": _l("太长了，最多%(limit)s字。"),
    "json": _l("这一行不是JSON：%(detail)s"),
    "json_object": _l("这一行不是一个JSON对象。"),
    "json_depth": _l("嵌套太深，最多%(limit)s层。"),
    "cell": _l("%(cell)s格读不出来：%(detail)s"),
    "cell_formula": _l("%(cell)s格是公式，没有存下结果。请在表格程序里打开、保存一次再导入。"),
    "cell_error": _l("%(cell)s格是错误值%(value)s。"),
    "cell_rounded": _l(
        "%(cell)s格的数字太长，已被表格程序改成近似值%(value)s。请把这一列设为文本，重新填写。"
    ),
    "mapping": _l("看不懂“%(value)s”，请写成 字段=列名。"),
    "mapping_missing": _l("没有对应的列：%(value)s。"),
    "connector": _l("没有名为“%(value)s”的连接器。"),
    "url": _l("“%(value)s”不是网址，请写 https:// 开头的地址。"),
    "allow_private": _l("allow_private要写成[地址:端口]，不是“%(value)s”。"),
    "every_minutes": _l("every_minutes要写1到10080之间的整数，不是“%(value)s”。"),
    "setting": _l("设置的值“%(value)s”不能用。"),
    "series_time": _l("第%(line)s行：“%(value)s”不是时间。"),
    "series_value": _l("第%(line)s行：“%(value)s”不是数量，要写0或者更大的数。"),
    "copy_not_empty": _l("目标数据库里已经有东西，请给一个空的数据库。"),
    "copy_revision": _l("来源数据库的表不是最新的，请先运行 flask records migrate。"),
    "password_length": _l("密码至少要%(shortest)s个字符。"),
    "password_weak": _l("这个密码太容易猜，请换一个长一点的，比如几个不相干的词。"),
    "command_line_only": _l("“%(value)s”只能在命令行里设。"),
    "own_administration": _l("不能去掉自己的管理员角色，请另一位管理员来改。"),
    "own_account": _l("不能让自己离开，请另一位管理员来办。"),
    "heir_needed": _l("还有要交接的，请选由谁接。"),
    "heir_elsewhere": _l(
        "他在别的单位，接不了这个单位的工单；请选没有单位的人，或者先给本单位加人。"
    ),
    "heir_accused": _l("接办的单位正在办举报这个单位的工单，请先改派：%(numbers)s。"),
    "wrong_password": _l("现在的密码不对。"),
    "same_password": _l("新密码和现在的一样。"),
    "department_code": _l("代码只能用大写字母和数字，最多20个。"),
    "name_taken": _l("“%(value)s”已经是%(department)s的名字。"),
    "circle": _l("上级不能是自己或者自己的下级。"),
    "closed": _l("这个单位已经撤销了。"),
    "amount": _l("只能是1到%(most)s。"),
    "taken": _l("已经有了。"),
    "username": _l("用户名要写，最多80个字。"),
    "day": _l("“%(value)s”不是日期，请写成 2026-11-20。"),
    "notice": _l("第%(line)s行看不懂：“%(text)s”。请写成 2027-02-05,休,春节。"),
}
FILE_REASONS = {
    "empty": _l("文件是空的：%(file)s"),
    "missing_column": _l("没有“%(column)s”这一列；文件里有：%(columns)s"),
    "unreadable": _l("打不开%(file)s：%(detail)s"),
    "header": _l("%(file)s的第一行读不出来：%(detail)s"),
    "too_many_columns": _l("%(file)s的列太多，最多%(limit)s列。"),
    "xls": _l("%(file)s是旧的Excel格式（.xls）。请另存为.xlsx再导入。"),
    "protected": _l("%(file)s有密码。请去掉密码再导入。"),
    "xlsx": _l("%(file)s不是完好的Excel文件：%(detail)s"),
    "missing_sheet": _l("没有“%(sheet)s”这张表；文件里有：%(sheets)s"),
    "bomb": _l("%(file)s解开以后太大，超过%(limit)sMB，没有读。"),
    "doctype": _l("%(file)s里声明了文档类型，不安全，没有读。"),
    "xml": _l("%(file)s不是完好的XML：%(detail)s"),
    "broke": _l("导入时程序出错：%(detail)s"),
    "missing_models": _l("这个文件夹里没有模型：%(folder)s"),
    "model_unreadable": _l("%(file)s不是模型，或者已经损坏；在用的模型不变。"),
    "model_format": _l("%(file)s是另一个版本的程序训练的，请重新训练；在用的模型不变。"),
    "model_labels": _l("%(file)s不是这一项任务的模型；在用的模型不变。"),
    "too_few_rows": _l("标好的只有%(rows)s行，不够训练。"),
    "too_few_labelled": _l("标好的只有%(rows)s行，至少要%(least)s行。"),
    "one_label": _l("标好的都是“%(label)s”一类，没有什么可学的。"),
    "too_many_labels": _l("标好的有%(labels)s类，最多%(most)s类。"),
    "unknown_label": _l("没有“%(label)s”这个标签。"),
    "label_name": _l("“%(label)s”不能当事项的名字：最多30个字，不能有 / 。"),
    "missing_file": _l("没有这个文件：%(file)s"),
    "not_csv": _l("%(file)s不是CSV文件。"),
    "model_changed": _l("%(file)s的文件和记录里的不一样，没有用；在用的模型不变。"),
    "encoding": _l("文件要用UTF-8或者GB18030编码。"),
    "list_too_large": _l("文件太大，最多%(limit)sMB。"),
}


LINE_REASONS = {
    "word": _l("“%(value)s”不能当一个词：只能有汉字、字母、数字和 + # & . _ %% -，最多40个字"),
    "frequency": _l("词频“%(value)s”要写1到1,000,000,000之间的整数"),
    "tag": _l("词性“%(value)s”要写字母，最多10个"),
    "place_line": _l("“%(value)s”要写成 名称,类别,区县"),
    "place_name": _l("地名“%(value)s”要有2到40个字"),
    "place_kind": _l(
        "类别“%(value)s”要写区县、街道、社区、道路、小区或者公交（district、street、community、road、compound、bus）"
    ),
    "place_district": _l("没有叫“%(value)s”的区县或者街道"),
}


def line_words(problem: LineProblem) -> str:
    """What is wrong with a line, with its number."""
    words = str(LINE_REASONS[problem.reason]) % {"value": problem.value}
    return str(_("第%(line)s行：%(words)s。", line=problem.line, words=words))


def in_words(error: MinshengError) -> str:
    """A sentence for an error raised on purpose; of an unknown reason its key."""
    if isinstance(error, ListUnreadable):
        told = " ".join(line_words(problem) for problem in error.problems)
        return str(_("%(total)s行不能用，什么都没有改。", total=error.total)) + told
    if isinstance(error, Rejected):
        return _rejected(error)
    if isinstance(error, FileUnreadable):
        words = FILE_REASONS.get(error.reason)
        return str(words) % error.values if words else f"{error.reason} {error.values}"
    return _other(error)


def _rejected(error: Rejected) -> str:
    words = ROW_REASONS.get(error.reason) or REASONS.get(error.reason)
    sentence = str(words) % error.values if words else error.reason
    field = str(FIELDS.get(error.field, error.field))
    return f"{field}：{sentence}" if field else sentence


def _other(error: MinshengError) -> str:
    if isinstance(error, IndexHeld):
        return str(_("%(holder)s正在写检索库，还没有做完。", holder=error.holder))
    if isinstance(error, IndexUnavailable):
        return str(_("检索库暂时不能用：%(detail)s", detail=error))
    if isinstance(error, RecordsUnavailable):
        return str(_("系统记录不能写：%(detail)s 已经记下的不受影响。", detail=error))
    if isinstance(error, NotFound):
        return str(_("没有找到：%(what)s", what=error))
    if isinstance(error, Conflict):
        return str(REASONS.get(error.reason, error.reason))
    return str(error)

"""The slips that the tests of printers print."""

from dataclasses import replace

from printers.parts import Paper
from printers.slip import Slip, slip_bytes
from printers.twin_commands import print_on_twin
from printers.twin_paper import TwinSlip

URL = "http://hall.wuhai.gov.cn:8000/t/3q2-7wAAxYbPqKd0Lm9sVw/"

# The longest service name of a real county hall.
LONGEST_NAME = (
    "除从事剧毒、易制爆、汽油加油站、专用危化品仓储的企业外，除中央企业所属省级、设区的市级公司（分公司）从事危险化学品"
    "经营活动的企业，不带有储存设施经营除剧毒化学品、易制爆危险化学品以外的其他危险化学品企业经营许可证变更审查"
)

SLIP = Slip(
    number="A017",
    hall={"zh": "乌海市政务服务大厅", "mn": "ᠦᠬᠠᠢ ᠬᠣᠲᠠ ᠶᠢᠨ ᠲᠠᠩᠬᠢᠮ"},
    service={"zh": "企业设立登记", "en": "Company registration"},
    url=URL,
    ahead="前面还有 6 人",
    waiting="预计等候约 15–25 分钟",
    place="请在二楼 B 区等候，5–9 号窗口办理",
    issued="2026-11-22 09:14 取号",
    rules=("请留意大屏和语音叫号，过号请到导办台激活。", "本号当日有效。遇到办不成的事，请到 1 号兜底窗口。"),
)

LONG_SLIP = replace(
    SLIP,
    service={"zh": LONGEST_NAME, "en": "Change of a permit to trade in dangerous chemicals"},
    class_word="优先号",
    copy_mark="补打 第2份",
)


def read(data: bytes, paper: Paper) -> TwinSlip:
    """`data` as the twin prints it, without a network."""
    (slip,) = print_on_twin(data, paper.dots, paper.rom)
    return slip


def printed(slip: Slip, paper: Paper) -> TwinSlip:
    """`slip` as the twin prints it; a strict twin finds nothing to complain of."""
    paper_slip = read(slip_bytes(slip, paper), paper)
    assert paper_slip.errors == ()
    return paper_slip

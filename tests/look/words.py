"""The longest words of each kind that a hall may have to show, for the halls that are looked at."""

from __future__ import annotations

from itertools import cycle, islice

LONG_NAME = (  # the longest of the real catalogue: 110 characters
    "除从事剧毒、易制爆、汽油加油站、专用危化品仓储的企业外，除中央企业所属省级、设区的市级公司（分公司）从事危险化学品经营活动的企业，"
    "不带有储存设施经营除剧毒化学品、易制爆危险化学品以外的其他危险化学品企业经营许可证换证审查"
)
PART = "内蒙古自治区呼伦贝尔市莫力达瓦达斡尔族自治旗工程建设项目审批制度改革与营商环境综合协调推进服务中心"
LONG_PART = "".join(islice(cycle(PART), 100))
LONG_ENGLISH = (
    "Filing of work-related injury certification documents for employees of small enterprises, and more"
)
MONGOLIAN = "ᠦᠬᠠᠢ ᠬᠣᠲᠠ ᠶᠢᠨ ᠵᠠᠰᠠᠭ ᠵᠠᠬᠢᠷᠭᠠᠨ ᠦ ᠦᠢᠯᠡᠴᠢᠯᠡᠭᠡᠨ ᠦ ᠲᠠᠩᠬᠢᠮ"
WAY = "从正门进入后沿左侧扶梯上到二楼，经过自助服务区和母婴室，向前走到底右转，过了导办台第三排就是"
LONG_PERSON = "".join(islice(cycle("阿拉坦格日勒图雅·乌仁其木格·"), 60))
REASON = "申请人提供的租赁合同没有出租方签字，而且产权证明与实际经营场所地址不一致，需要回去补齐以后再来办理"
DEPARTMENT = "乌海市海勃湾区人力资源和社会保障局社会保险事业服务中心城乡居民基本养老保险科"
WINDOW = "企业开办、变更、注销与不动产登记、公积金提取跨省通办综合服务窗口"
PERSON = "阿拉坦乌拉·巴特尔苏和巴雅尔"
WORDS = "窗口要求提供已经取消的居住证明，来回跑了三趟，路上每趟四十分钟，没有人一次性告知还缺什么材料。"
LINK = "https://zwfw.example.gov.cn/ListOfTheServiceItemsOfTheDistrict/511602000000-511Z07001006"

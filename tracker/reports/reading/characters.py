"""One form for every way a character is written: full-width marks, ASCII digits, simplified characters.

The copy has the length of the text, so that each place in it is one of the text.
"""

HALF = ",:;!?()[]%．，；"
FULL = "，：；！？（）【】%.，；"
# Reports also come in traditional characters. Mapped are those that stand in a rule of the reader, with every
# written form of one that has several (the pairs are those of OpenCC's dictionaries).
TRADITIONAL = (
    "並乾佈併來侷係個們備傢傳僅億儘優兌內兩冊別則剋創劃動務勞勢匯區協卽參員問啓啟單噸噹嚮嚴國埰執堅報場塊"
    "壓壞夠學寀實審寫寬將專對導屆層屬崗師幹幾強彆彔彙後從徹態慮慶懇應戰戶掃掛採換損撥擊擬擺敎數斷於昇時暢"
    "暫曏書會査條業極榦標機檔檢檯權歸決沒況減測準滙滯滿濟為無爲牽狀現環畝畢當發盡監眞睏瞭確碼種積穩箇節範"
    "簽籤糾紀約級細終組結絕統絶經綜綫維緊線編緩緻縣總績織繕繫繳繼續纍纔習聯肅脩臨臺與舉萬蓋蔘薦處號衕裏補"
    "裝裡製襬覈見規視覽訂計訓記設許訴診註評話該認誤說説課調談請諸講議讀豐負貫責資賙賬購踰較載輛輪輯轉辦農"
    "迴這週進過達違適遲選還邊鄉醫針銷錄録錶鍊鍼鎭鎮鏈鑑鑒長門閉開閑閒間閤閱閲闆關陞隊階隨險隱難電鞦頁頂項"
    "須預領頭題類顧顯風颱餘饋馬驗體髮鬚麪麫麵點黨鼕齊齣"
)
SIMPLIFIED = (
    "并干布并来局系个们备家传仅亿尽优兑内两册别则克创划动务劳势汇区协即参员问启启单吨当向严国采执坚报场块"
    "压坏够学采实审写宽将专对导届层属岗师干几强别录汇后从彻态虑庆恳应战户扫挂采换损拨击拟摆教数断于升时畅"
    "暂向书会查条业极干标机档检台权归决没况减测准汇滞满济为无为牵状现环亩毕当发尽监真困了确码种积稳个节范"
    "签签纠纪约级细终组结绝统绝经综线维紧线编缓致县总绩织缮系缴继续累才习联肃修临台与举万盖参荐处号同里补"
    "装里制摆核见规视览订计训记设许诉诊注评话该认误说说课调谈请诸讲议读丰负贯责资周账购逾较载辆轮辑转办农"
    "回这周进过达违适迟选还边乡医针销录录表链针镇镇链鉴鉴长门闭开闲闲间合阅阅板关升队阶随险隐难电秋页顶项"
    "须预领头题类顾显风台余馈马验体发须面面面点党冬齐出"
)
TABLE = str.maketrans(
    {
        **dict(zip(HALF, FULL, strict=True)),
        **dict(zip(TRADITIONAL, SIMPLIFIED, strict=True)),
        **{chr(0xFF10 + n): str(n) for n in range(10)},
        **dict.fromkeys("\u3000\xa0\t\r", " "),
    }
)


def normalised(text: str) -> str:
    """The text with full-width punctuation, ASCII digits and simplified characters; the same length."""
    return text.translate(TABLE)


def with_tabs(plain: str, original: str) -> str:
    """A normalised text with the tabs of the original, which part the cells of its tables."""
    if "\t" not in original:
        return plain
    cells, at = [], 0
    for cell in original.split("\t"):
        cells.append(plain[at : at + len(cell)])
        at += len(cell) + 1
    return "\t".join(cells)

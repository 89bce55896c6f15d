"""The rows of a control ledger's sheet: live formulas, each with the value that it gives.

Amounts are whole satang here, so that the value beside a formula is exact; every formula rounds
to satang, so that a spreadsheet's binary numbers never drift from it. A row's cells stand in
order and need no address. Columns beyond the printed ones help the formulas: what a payment takes
from its order, what is reserved, carried over or lapsed, and what is paid so far.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from entities.money import of_satang, percent, shown
from entities.vocabulary import EntryKind, EntryStatus
from workbooks import fitting
from workbooks.cells import WRITERS
from workbooks.pouring import HEIGHTS, LETTER, MOST_LINES

K = EntryKind
HEADS: tuple[tuple[str, str, float], ...] = (
    ("ลำดับ", "", 6), ("วันเดือนปี", "", 11), ("ที่เอกสาร", "", 13), ("รายการ", "", 27),
    ("ผู้รับเงิน/คู่สัญญา", "", 18), ("จัดสรร", "", 13), ("โอน (+/−)", "", 12), ("รวมงบสุทธิ", "", 13),
    ("ก่อหนี้ผูกพัน", "PO เลขที่", 12), ("", "จำนวน", 13),
    ("เบิกจ่าย", "ฎีกา/เลขที่ขอเบิก", 13), ("", "จำนวน", 13),
    ("คงเหลือ PO", "", 13), ("คงเหลือ", "", 13), ("ร้อยละเบิกจ่าย", "", 8), ("หมายเหตุ", "", 17),
)  # fmt: skip
"""The printed columns: heading, heading below it, width in characters. An empty heading goes on
with the one before."""
HELPERS: tuple[tuple[str, float], ...] = (
    ("หักจาก PO", 13), ("สำรอง/กัน/พับ", 13), ("เบิกจ่ายสะสม", 13),
)  # fmt: skip
"""Columns Q, R and S, folded away: they hold the numbers that the formulas need beside."""
LOOKS = (
    "cell", "centre", "date", "money", "share", "label", "sum", "sum_share", "mute", "strip", "note",
)  # fmt: skip
"""The formats of the rows, in the order in which a sample row has them."""
MONTH, YEAR = "รวมเดือนนี้", "รวมตั้งแต่ต้นปี"
WAITING = "รายการรออนุมัติ (ยังไม่นับเป็นยอดของทะเบียน แต่กันเงินไว้แล้ว)"
DRAWN = "เบิกจากเงินกันไว้เบิกเหลื่อมปี"
AFTER_WAITING = "คงเหลือหลังหักรายการรออนุมัติ"
FALLEN = "ลำดับที่ไม่ได้รับอนุมัติหรือถอนคืน: {}"
EMPTY = "ยังไม่มีรายการที่อนุมัติแล้ว"
WHOLE = "รวมทั้งโครงการ"
DASH = "–"
TEXTS = {index: HEADS[index][2] for index in (2, 3, 4, 8, 10, 15)}
"""Columns of wrapped text and their widths."""


class Entry(NamedTuple):
    """An entry as its row needs it; amounts in satang, `kind` of a reversal that of its original."""

    group_id: int | None
    line_id: int
    number: int
    entry_date: date
    doc_no: str | None
    description: str
    payee: str | None
    own_kind: EntryKind
    status: EntryStatus
    original_kind: EntryKind | None
    reverses: int | None
    order_number: str | None
    kept_id: int | None
    kept_number: str | None
    budget: int
    reserve: int
    order: int
    paid: int
    carried: int
    lapsed: int
    drawn: int

    @property
    def kind(self) -> EntryKind:
        """What the entry is about: of a reversal what it takes back."""
        return self.original_kind or self.own_kind

    @property
    def draws(self) -> bool:
        """Whether it touches only what was carried over, after the line's own year."""
        return bool(self.drawn or (self.lapsed and self.kept_id))

    @property
    def ordered(self) -> int:
        """What it adds to the orders by itself; a payment lowers them without being an order."""
        return self.order if self.kind in (K.COMMITMENT, K.COMMITMENT_RELEASE) else 0

    @property
    def held(self) -> int:
        """What it keeps from others while it waits."""
        taken = self.reserve + self.order + self.paid + self.carried + self.lapsed
        return max(taken - self.budget, 0)


@dataclass(frozen=True)
class Line:
    """A budget line: its id, what its head says, and the words of its band on a shared sheet."""

    id: int
    group_id: int | None
    told: Mapping[str, str]
    band: str
    enacted: Decimal


@dataclass
class Sums:
    """Running sums in satang: allocated, moved, ordered, paid, taken from orders, held otherwise."""

    values: list[int] = field(default_factory=lambda: [0] * 6)

    def add(self, entry: Entry) -> None:
        """Count an entry."""
        for n, value in enumerate(amounts(entry)):
            self.values[n] += value

    @property
    def net(self) -> int:
        return self.values[0] + self.values[1]

    @property
    def orders(self) -> int:
        return self.values[2] - self.values[4]

    @property
    def paid(self) -> int:
        return self.values[3]

    @property
    def left(self) -> int:
        return self.net - self.orders - self.paid - self.values[5]


def amounts(entry: Entry) -> tuple[int, int, int, int, int, int]:
    """What an entry puts into the columns F, G, J, L, Q and R, in satang."""
    allocated = entry.budget if entry.kind is K.ALLOCATION else 0
    other = entry.reserve + entry.carried + entry.lapsed
    ordered = entry.ordered
    return (
        allocated, entry.budget - allocated, ordered, entry.paid, ordered - entry.order, other,
    )  # fmt: skip


SUMMED = "FGJLQR"
"""The columns of `amounts`."""


class Ink:
    """Makes cells: `numbers` are the formats' numbers in the workbook, by their look."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.numbers = numbers
        self.text = {look: WRITERS["text"](number) for look, number in numbers.items()}
        self.date = WRITERS["date"](numbers["date"])

    def number(self, look: str, satang: int, *, zero: bool = False) -> str:
        """An amount; nothing is left blank unless `zero`."""
        if not satang and not zero:
            return f'<c s="{self.numbers[look]}"/>'
        return f'<c s="{self.numbers[look]}"><v>{_baht(satang)}</v></c>'

    def formula(self, look: str, formula: str, satang: int) -> str:
        """A formula with the amount that it gives."""
        return f'<c s="{self.numbers[look]}"><f>{formula}</f><v>{_baht(satang)}</v></c>'

    def share(self, look: str, row: int, paid: int, net: int) -> str:
        """Paid in percent of the net budget, by the row's own columns; a dash of nothing."""
        found = percent(Decimal(paid), Decimal(net))
        formula = f'IF(H{row}=0,"{DASH}",ROUND(S{row}*100/H{row},2))'
        kind, value = (' t="str"', DASH) if found is None else ("", str(found))
        return f'<c s="{self.numbers[look]}"{kind}><f>{formula}</f><v>{value}</v></c>'


def _baht(satang: int) -> str:
    """Satang as baht with two places, exactly: 12345 → 123.45."""
    return str(of_satang(satang))


class Body:
    """The poured rows of one sheet; `at` is the number of the next row (from 1)."""

    def __init__(self, ink: Ink, first: int) -> None:
        self.ink, self.at = ink, first
        self.xml: list[str] = []
        self.ends: list[tuple[int, Sums]] = []

    def line(self, entries: Sequence[Entry], band: str = "") -> None:
        """The ledger of one line: posted entries by month, drawn money, what waits, what fell."""
        if band:
            self._strip(band)
        posted = [one for one in entries if one.status is EntryStatus.POSTED]
        end = self._course([one for one in posted if not one.draws])
        self._drawn([one for one in posted if one.draws])
        self._waiting([one for one in entries if one.status is EntryStatus.WAITING], end)
        fallen = (EntryStatus.REJECTED, EntryStatus.WITHDRAWN)
        numbers = sorted(one.number for one in entries if one.status in fallen)
        if numbers:
            self._said(FALLEN.format(", ".join(map(str, numbers))))

    def _course(self, posted: Sequence[Entry]) -> int | None:
        """The running ledger; the row of its last entry, None where there is none."""
        run, before, year = Sums(), None, None
        for _month, group in groupby(posted, lambda one: one.entry_date.replace(day=1)):
            month, first = Sums(), self.at
            for entry in group:
                run.add(entry)
                month.add(entry)
                before = self._entry(entry, run, before)
            year = self._sums(month, run, first, year)
        if before is None:
            self._said(EMPTY)
        else:
            self.ends.append((before, run))
        return before

    def _entry(self, entry: Entry, run: Sums, before: int | None) -> int:
        ink, row = self.ink, self.at
        was = {column: f"{column}{before}+" if before else "" for column in "HMNS"}
        allocated, moved, ordered, paid, taken, other = amounts(entry)
        self._row(entry, [
            ink.number("money", allocated), ink.number("money", moved),
            ink.formula("money", f"ROUND({was['H']}F{row}+G{row},2)", run.net),
            ink.text["cell"](entry.order_number), ink.number("money", ordered),
            ink.text["cell"](_request(entry)), ink.number("money", paid),
            ink.formula("money", f"ROUND({was['M']}J{row}-Q{row},2)", run.orders),
            ink.formula("money",
                f"ROUND({was['N']}F{row}+G{row}-J{row}+Q{row}-L{row}-R{row},2)", run.left),
            ink.share("share", row, run.paid, run.net), ink.text["cell"](_remark(entry)),
            ink.number("mute", taken), ink.number("mute", other),
            ink.formula("mute", f"ROUND({was['S']}L{row},2)", run.paid),
        ])  # fmt: skip
        return row

    def _row(self, entry: Entry, cells: Sequence[str]) -> None:
        ink = self.ink
        texts = {
            2: entry.doc_no, 3: entry.description, 4: entry.payee, 8: entry.order_number,
            10: _request(entry), 15: _remark(entry),
        }  # fmt: skip
        head = [
            f'<c s="{ink.numbers["centre"]}"><v>{entry.number}</v></c>', ink.date(entry.entry_date),
            *(ink.text["cell"](texts[n]) for n in (2, 3, 4)),
        ]  # fmt: skip
        self._put([*head, *cells], max(_lines(text, n) for n, text in texts.items()))

    def _put(self, cells: Sequence[str], lines: int = 1) -> None:
        self.xml.append(f"{HEIGHTS[min(lines, MOST_LINES)]}{''.join(cells)}</row>")
        self.at += 1

    def _sums(self, month: Sums, run: Sums, first: int, year: int | None) -> int:
        """The month's sums and the year's so far; the row of the latter."""
        last, row = self.at - 1, self.at
        self._summed(MONTH, month, [f"ROUND(SUM({c}{first}:{c}{last}),2)" for c in SUMMED])
        added = [f"ROUND({f'{c}{year}+' if year else ''}{c}{row},2)" for c in SUMMED]
        self._summed(YEAR, run, added, last)
        return self.at - 1

    def _summed(
        self, label: str, sums: Sums, formulas: Sequence[str], last: int | None = None
    ) -> None:
        """A row of sums; `last` is the entry whose balances it repeats."""
        ink, blank = self.ink, self.ink.text["label"](None)
        cell = dict(zip(SUMMED, (
            ink.formula("mute" if column in "QR" else "sum", formula, value)
            for column, formula, value in zip(SUMMED, formulas, sums.values, strict=True)
        ), strict=True))  # fmt: skip
        balances = {"H": sums.net, "M": sums.orders, "N": sums.left, "S": sums.paid}
        for column, value in balances.items():
            look = "mute" if column == "S" else "sum"
            cell[column] = (
                ink.formula(look, f"{column}{last}", value) if last else ink.text[look](None)
            )
        cell["D"] = ink.text["label"](label)
        if last:
            cell["O"] = ink.share("sum_share", self.at, sums.paid, sums.net)
        self._put([cell.get(column, blank) for column in "ABCDEFGHIJKLMNOPQRS"])

    def _drawn(self, entries: Sequence[Entry]) -> None:
        """What was paid or fell back of carried-over money, apart from the line's own year."""
        if not entries:
            return
        self._strip(DRAWN)
        first, ink = self.at, self.ink
        for one in entries:
            self._apart(one, {
                "K": ink.text["cell"](one.kept_number), "L": ink.number("money", one.drawn),
            })  # fmt: skip
        total = ink.formula(
            "sum", f"ROUND(SUM(L{first}:L{self.at - 1}),2)", sum(one.drawn for one in entries)
        )
        self._total(f"รวม{DRAWN}", {"L": total})

    def _waiting(self, entries: Sequence[Entry], end: int | None) -> None:
        """Entries that wait: their amounts, what they hold, and what is left beside them."""
        if not entries:
            return
        self._strip(WAITING)
        first, ink = self.at, self.ink
        for one in entries:
            cells = dict(zip("FGJL", (ink.number("money", n) for n in amounts(one)), strict=False))
            cells["I"] = ink.text["cell"](one.order_number)
            cells["K"] = ink.text["cell"](_request(one))
            cells["N"] = ink.number("money", -one.held)
            self._apart(one, cells)
        held = sum(one.held for one in entries)
        left = self.ends[-1][1].left if end else 0
        formula = f"ROUND({f'N{end}+' if end else ''}SUM(N{first}:N{self.at - 1}),2)"
        self._total(AFTER_WAITING, {"N": ink.formula("sum", formula, left - held)})

    def _apart(self, entry: Entry, cells: Mapping[str, str]) -> None:
        """An entry that runs into no balance."""
        blank, remark = self.ink.text["cell"](None), self.ink.text["cell"](_remark(entry))
        self._row(entry, [{"P": remark, **cells}.get(column, blank) for column in "FGHIJKLMNOP"])

    def _total(self, label: str, cells: Mapping[str, str]) -> None:
        blank, told = self.ink.text["label"](None), self.ink.text["label"](label)
        row = {"D": told, **cells}
        self._put([row.get(column, blank) for column in "ABCDEFGHIJKLMNOP"], _lines(label, 3))

    def whole(self) -> None:
        """The sums of all lines on the sheet, where it has several."""
        if len(self.ends) < 2:
            return
        ink, row, all_of = self.ink, self.at, Sums()
        for _at, sums in self.ends:
            for n, value in enumerate(sums.values):
                all_of.values[n] += value
        found = {"H": all_of.net, "M": all_of.orders, "N": all_of.left, "S": all_of.paid}
        cells = {
            column: ink.formula(
                "mute" if column == "S" else "sum",
                f"ROUND({'+'.join(f'{column}{at}' for at, _sums in self.ends)},2)",
                value,
            )
            for column, value in found.items()
        }
        cells["O"] = ink.share("sum_share", row, all_of.paid, all_of.net)
        blank = ink.text["label"](None)
        cells["D"] = ink.text["label"](WHOLE)
        self._put([cells.get(column, blank) for column in "ABCDEFGHIJKLMNOPQRS"])

    def _strip(self, words: str) -> None:
        """A heading over all columns; it flows over the empty cells beside it."""
        blank = self.ink.text["strip"](None)
        self._put([self.ink.text["strip"](words), *[blank] * (len(HEADS) - 1)])

    def _said(self, words: str) -> None:
        self._put([self.ink.text["note"](words)])


def _request(entry: Entry) -> str | None:
    """The number of the request for payment."""
    return entry.doc_no if entry.kind in (K.DISBURSEMENT, K.REFUND) else None


REMARKS = (("reserve", "สำรอง"), ("carried", "กันเหลื่อมปี"), ("lapsed", "พับไป"))


def _remark(entry: Entry) -> str | None:
    """What the columns do not say: what is taken back, reserved, carried over or lapsed."""
    told = [f"กลับรายการลำดับ {entry.reverses}"] if entry.reverses else []
    told += [
        f"{word} {shown(of_satang(value))}" for name, word in REMARKS if (value := getattr(entry, name))
    ]  # fmt: skip
    return "\n".join(told) or None


ROOM = {index: fitting.column_points(width) / LETTER for index, width in TEXTS.items()}
"""Letters that a line of each text column holds."""


def _lines(text: str | None, column: int) -> int:
    """About how many lines a text takes in its column."""
    if not text:
        return 1
    return 1 + sum(int(len(part) / ROOM[column]) for part in text.split("\n")) + text.count("\n")

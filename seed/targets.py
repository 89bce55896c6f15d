"""Disbursement targets that a source states; a cell that no source states stays empty.

Nothing is interpolated, and fiscal year 2570 has none. The ministry adds and corrects targets on
their own screen: what it entered or removed is left as it is.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from entities import dates
from entities.money import parse_percent
from entities.vocabulary import TargetKind, TargetMeasure
from models import DisbursementTarget
from rules import ledger  # noqa: F401  its completion names a target
from rules.base import COMPLETIONS

USE, DISBURSE = TargetMeasure.USE, TargetMeasure.DISBURSE
KRABI = "สำนักงานคลังจังหวัดกระบี่ รายงานผลการเบิกจ่าย 10 มิถุนายน 2565"
POST = "กรมบัญชีกลาง ผลการเบิกจ่ายไตรมาส 1 ปีงบประมาณ 2566 (posttoday 689236)"
YEAR_2566 = (
    "มาตรการเพิ่มประสิทธิภาพการใช้จ่ายงบประมาณ 2566 “ไม่น้อยกว่า” (businesshighlightonline 6 ม.ค. 2566)"
)
YEAR_2568 = "มาตรการเพิ่มประสิทธิภาพการใช้จ่ายงบประมาณ 2568 (สำนักข่าวไทย tna.mcot.net business-1443020)"
YEAR_2569 = "มติคณะรัฐมนตรี 21 ตุลาคม 2568 (infoquest 539127, pattayamail 523558)"
STATED: tuple[tuple[int, int, TargetMeasure, tuple[str, str, str], str], ...] = (
    (2547, 9, DISBURSE, ("92.00", "", "72.00"), "ryt9.com 155895"),
    (2560, 3, DISBURSE, ("52.00", "", ""), "terrabkk 177634"),
    (2562, 5, USE, ("69.33", "72.33", ""), "terrabkk 196179, tnnthailand 10374"),
    (2562, 6, USE, ("77.00", "", "65.00"), "terrabkk 196179, tnnthailand 10374 (ลงทุนไม่รวมงบกลาง)"),
    (2563, 3, DISBURSE, ("54.00", "", ""), "dailynews 751859, thaitabloid 66867"),
    (2563, 5, USE, ("69.33", "72.67", "56.67"), "dailynews 751859, thaitabloid 66867"),
    (2565, 6, DISBURSE, ("72.00", "79.00", "46.00"), KRABI),
    (2565, 6, USE, ("81.74", "81.76", "81.65"), KRABI),
    (2565, 9, DISBURSE, ("93.00", "98.00", "75.00"),
     "กรุงเทพธุรกิจ 1020688 (ตามผลที่กรมบัญชีกลางคาดไว้)"),
    (2566, 12, DISBURSE, ("32.00", "35.00", "19.00"), POST),
    (2566, 9, DISBURSE, ("93.00", "98.00", "75.00"), YEAR_2566),
    (2566, 9, USE, ("100.00", "100.00", "100.00"), YEAR_2566),
    (2567, 9, DISBURSE, ("93.00", "98.00", ""), "jaihindnews 33737, thansettakij 589324"),
    (2568, 9, DISBURSE, ("94.00", "98.00", "80.00"), YEAR_2568),
    (2568, 9, USE, ("100.00", "100.00", "100.00"), YEAR_2568),
    (2569, 12, DISBURSE, ("33.00", "", ""), YEAR_2569),
    (2569, 9, DISBURSE, ("93.00", "98.00", "75.00"), YEAR_2569),
    (2569, 9, USE, ("", "100.00", "100.00"), f"{YEAR_2569} ก่อหนี้ผูกพันทั้งจำนวน"),
)  # fmt: skip
"""Fiscal year, month, measure, percent of overall, current and capital expenditure, source."""


def rows(session: Session) -> list[dict[str, Any]]:
    """The targets as reference rows, without those the ministry entered for the same month itself."""
    ours, entered = [*_targets(session)], _entered(session)
    return [row for row in ours if (row["as_of"], row["kind"], row["measure"]) not in entered]


def _entered(session: Session) -> set[tuple[date, TargetKind, TargetMeasure]]:
    found = session.execute(
        select(
            DisbursementTarget.as_of,
            DisbursementTarget.kind,
            DisbursementTarget.measure,
            DisbursementTarget.id,
        )
    )
    return {(row[0], row[1], row[2]) for row in found if row[3] != _key(row[0], row[1], row[2])}


def _targets(session: Session) -> Iterator[dict[str, Any]]:
    for year, month, measure, percents, source in STATED:
        first = dates.fiscal_year_start(year)
        as_of = dates.month_end(date(first.year + (month < first.month), month, 1))
        for kind, typed in zip(TargetKind, percents, strict=True):
            if typed:
                yield _row(session, as_of, kind, measure, typed, source)


def _row(
    session: Session,
    as_of: date,
    kind: TargetKind,
    measure: TargetMeasure,
    typed: str,
    source: str,
) -> dict[str, Any]:
    """A target with all that the rules work out of it."""
    target = DisbursementTarget(
        id=_key(as_of, kind, measure), as_of=as_of, kind=kind, measure=measure,
        percent=parse_percent(typed), source=source,
    )  # fmt: skip
    for rule in COMPLETIONS[DisbursementTarget]:
        rule(target, session)
    names = (
        "id",
        "as_of",
        "kind",
        "measure",
        "percent",
        "source",
        "name",
        "fiscal_year",
        "quarter",
    )
    return {name: getattr(target, name) for name in names}


def _key(as_of: date, kind: TargetKind, measure: TargetMeasure) -> int:
    """The id of a stated target: its month, kind and measure."""
    place = 10 * list(TargetKind).index(kind) + list(TargetMeasure).index(measure)
    return (as_of.year * 100 + as_of.month) * 100 + place

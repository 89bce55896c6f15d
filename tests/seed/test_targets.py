"""Disbursement targets: only what a source states, with it; loading again changes nothing."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from access.database import writing
from entities.vocabulary import TargetKind, TargetMeasure
from figures import ledger as figures
from models import DisbursementTarget
from seed import reference

YEAR_END = date(2026, 9, 30)


def test_stated_targets_are_there_with_their_source_and_unknown_cells_stay_empty(session):
    known = figures.targets(session, 2569)
    disburse = {key[1]: value for key, value in known.items()
                if key[0] == YEAR_END and key[2] is TargetMeasure.DISBURSE}  # fmt: skip
    assert disburse == {
        TargetKind.OVERALL: Decimal(93), TargetKind.CURRENT: Decimal(98), TargetKind.CAPITAL: Decimal(75),
    }  # fmt: skip
    assert (date(2025, 12, 31), TargetKind.CURRENT, TargetMeasure.DISBURSE) not in known
    assert figures.next_target(known, date(2025, 11, 2)) == (date(2025, 12, 31), Decimal(33))
    assert figures.targets(session, 2570) == {}
    assert (date(2024, 9, 30), TargetKind.CAPITAL, TargetMeasure.DISBURSE) not in figures.targets(
        session, 2567
    )
    third = figures.targets(session, 2565)
    assert third[date(2022, 6, 30), TargetKind.CAPITAL, TargetMeasure.USE] == Decimal("81.65")
    assert not session.scalar(
        select(func.count()).select_from(DisbursementTarget).where(DisbursementTarget.source.is_(None))
    )  # fmt: skip


def test_what_the_ministry_edits_removes_or_enters_itself_stays(session):
    token = writing.set(True)
    try:
        session.rollback()
        rows = session.scalars(select(DisbursementTarget).order_by(DisbursementTarget.id)).all()
        edited, removed = rows[0], rows[1]
        edited.percent = Decimal("91.00")
        own = DisbursementTarget(
            as_of=removed.as_of, kind=removed.kind, measure=removed.measure, percent=Decimal("12.34")
        )  # fmt: skip
        key = removed.id
        session.delete(removed)
        session.flush()
        session.add(own)
        session.commit()
        assert reference.load(session) == 0
        session.commit()
        session.expire_all()
        assert session.get(DisbursementTarget, edited.id).percent == Decimal("91.00")
        assert session.get(DisbursementTarget, own.id).percent == Decimal("12.34")
        assert session.get(DisbursementTarget, key) is None
    finally:
        writing.reset(token)

"""Disbursement against target: which target counts on a day, the difference, the light, the rank.

Targets are data (`disbursement_target`); where none is set there is neither difference nor light.
Green: at or above the target; amber: not more than `JANGWAT_TARGET_AMBER` points below; else red.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import current_app

from entities import dates
from entities.vocabulary import Light, SpendingKind, TargetKind

TARGET_OF: dict[SpendingKind | None, TargetKind] = {
    None: TargetKind.OVERALL,
    SpendingKind.CURRENT: TargetKind.CURRENT,
    SpendingKind.CAPITAL: TargetKind.CAPITAL,
}
"""Which target a kind of expenditure is measured against; None stands for all kinds together."""


@dataclass(frozen=True)
class Standing:
    """A percentage beside its target; each may be missing."""

    percent: Decimal | None
    target: Decimal | None
    light: Light

    @property
    def difference(self) -> Decimal | None:
        """Percentage points above (+) or below (−) the target (สูง/ต่ำกว่าเป้าหมาย)."""
        if self.percent is None or self.target is None:
            return None
        return self.percent - self.target


def amber() -> Decimal:
    """How many percentage points below the target are still amber, from the settings."""
    return Decimal(current_app.config["SETTINGS"].target_amber)


def standing(percent: Decimal | None, target: Decimal | None, amber: Decimal) -> Standing:
    """How a percentage stands against its target; grey where either is missing."""
    if percent is None or target is None:
        return Standing(percent, target, Light.GREY)
    if percent >= target:
        return Standing(percent, target, Light.GREEN)
    near = percent >= target - amber
    return Standing(percent, target, Light.AMBER if near else Light.RED)


def reading_day(fiscal_year: int, today: date) -> date:
    """The day on which a fiscal year (B.E.) is read: today, or its last day once it is past."""
    first, last = dates.fiscal_year_start(fiscal_year), dates.fiscal_year_end(fiscal_year)
    return min(max(today, first), last)


def ranks(percents: Sequence[Decimal | None]) -> list[int | None]:
    """The place of each percentage, the highest first; equals share a place, None has none."""
    known = sorted((one for one in percents if one is not None), reverse=True)
    return [None if one is None else known.index(one) + 1 for one in percents]

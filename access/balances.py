"""The ledger's balances, kept and guarded by the database itself.

Triggers add each entry's changes to its line, order, carry-over and month, in the same statement;
named checks on those rows then refuse what would overdraw them, whoever wrote the entry and however
many write at once. Other triggers refuse to change or delete an entry that was decided, and entries
that do not fit their line, order, year or transfer. A refusal carries the name of its rule, by
which `rules/base.py` finds the message. Invariants: domain §3.8.
"""

from sqlalchemy import Connection, text

from entities.ledger import CHANGES

AVAILABLE = (
    "(new.budget_change - new.reserve_change - new.order_change - new.paid_change"
    " - new.carried_change - new.lapsed_change)"
)
REMAINING = (
    "(CASE WHEN new.lapsed_change = 0 THEN new.carried_change ELSE -new.lapsed_change END"
    " - new.drawn_change)"
)
KEPT_MONEY = "(new.drawn_change <> 0 OR (new.lapsed_change <> 0 AND new.carry_over_id IS NOT NULL))"
"""Whether an entry touches only what was carried over: its line's year is past."""

LINE = "FROM budget_line l WHERE l.id = new.budget_line_id"
MIRRORED = " AND ".join(f"o.{name}_change = -new.{name}_change" for name in CHANGES)

REFUSED_NEW: dict[str, str] = {
    "tg_entry_outside_year": (
        f"NOT {KEPT_MONEY} AND NOT EXISTS"
        f" (SELECT 1 {LINE} AND new.entry_date BETWEEN l.opens_on AND l.closes_on)"
    ),
    "tg_carry_over_day": (
        f"{KEPT_MONEY} AND NOT EXISTS (SELECT 1 {LINE} AND new.entry_date > l.closes_on)"
    ),
    "tg_carry_over_expired": (
        "new.drawn_change > 0 AND NOT EXISTS (SELECT 1 FROM carry_over c"
        " WHERE c.id = new.carry_over_id AND new.entry_date <= c.expires_on)"
    ),
    "tg_year_closed": (
        f"NOT {KEPT_MONEY} AND EXISTS (SELECT 1 FROM fiscal_year_close f JOIN budget_line l"
        " ON f.fiscal_year = l.fiscal_year AND (f.province_id = l.province_id"
        " OR f.cluster_id = l.cluster_id) AND f.removed_at IS NULL"
        " WHERE l.id = new.budget_line_id)"
    ),
    "tg_order_of_line": (
        "new.order_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purchase_order p"
        " WHERE p.id = new.order_id AND p.budget_line_id = new.budget_line_id)"
    ),
    "tg_carry_over_of_line": (
        "new.carry_over_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM carry_over c"
        " WHERE c.id = new.carry_over_id AND c.budget_line_id = new.budget_line_id)"
    ),
    "tg_reversal_mirrors": (
        "new.kind = 'reversal' AND NOT EXISTS (SELECT 1 FROM ledger_entry o"
        " WHERE o.id = new.reverses_id AND o.status = 'posted' AND o.kind <> 'reversal'"
        " AND o.budget_line_id = new.budget_line_id AND o.amount = new.amount"
        " AND coalesce(o.order_id, 0) = coalesce(new.order_id, 0)"
        f" AND coalesce(o.carry_over_id, 0) = coalesce(new.carry_over_id, 0) AND {MIRRORED})"
    ),
    "tg_transfer_leg": (
        "new.kind IN ('transfer_in', 'transfer_out') AND NOT EXISTS"
        " (SELECT 1 FROM budget_transfer t WHERE t.id = new.transfer_id"
        " AND t.amount = new.amount AND new.budget_line_id ="
        " CASE new.kind WHEN 'transfer_in' THEN t.to_line_id ELSE t.from_line_id END)"
    ),
    "tg_transfer_together": (
        "new.kind = 'transfer_in' AND new.status = 'posted' AND NOT EXISTS"
        " (SELECT 1 FROM ledger_entry o WHERE o.transfer_id = new.transfer_id"
        " AND o.kind = 'transfer_out' AND o.status = 'posted')"
    ),
}
"""Why an entry is refused when it is made or posted: the rule's name and its condition."""

FIXED = (
    "budget_line_id", "number", "entry_date", "kind", "order_id", "carry_over_id", "transfer_id",
    "reverses_id", "amount", "reserve_used", "province_id", "cluster_id", "made_by", "maker_name", "removed_at",
    *(f"{name}_change" for name in CHANGES),
)  # fmt: skip
"""What nobody changes in an entry, even while it waits: it is withdrawn and made anew."""


def _effects(held: str, month: str) -> list[str]:
    """What an entry does to the rows that keep balances; `held` is +1, 0 or −1 times its hold."""
    posted = "(CASE WHEN new.status = 'posted' THEN 1 ELSE 0 END)"
    changes = ", ".join(f"{name}_change" for name in CHANGES)
    values = ", ".join(f"new.{name}_change" for name in CHANGES)
    added = ", ".join(
        f"{name}_change = ledger_month.{name}_change + excluded.{name}_change" for name in CHANGES
    )
    return [
        f"""UPDATE budget_line SET
            net_budget = net_budget + {posted} * new.budget_change,
            reserved = reserved + {posted} * new.reserve_change,
            outstanding = outstanding + {posted} * new.order_change,
            disbursed = disbursed + {posted} * new.paid_change,
            carried = carried + {posted} * new.carried_change,
            lapsed = lapsed + {posted} * new.lapsed_change,
            drawn = drawn + {posted} * new.drawn_change,
            available = available + {posted} * {AVAILABLE},
            waiting = waiting + {held} * {_hold(AVAILABLE)}
            WHERE id = new.budget_line_id""",
        f"""UPDATE purchase_order SET
            outstanding = outstanding + {posted} * new.order_change,
            committed = committed + {posted} * new.order_change * {COMMITS},
            paid = paid - {posted} * new.order_change * {PAYS},
            carried = carried - {posted} * new.order_change * {CARRIES},
            waiting = waiting + {held} * {_hold("new.order_change")}
            WHERE new.order_change <> 0 AND id = new.order_id""",
        f"""UPDATE carry_over SET
            kept = kept + {posted} * new.carried_change * {CARRIES},
            drawn = drawn + {posted} * new.drawn_change,
            lapsed = lapsed + {posted} * new.lapsed_change,
            remaining = remaining + {posted} * {REMAINING},
            waiting = waiting + {held} * {_hold(REMAINING)}
            WHERE id = new.carry_over_id""",
        f"""INSERT INTO ledger_month (budget_line_id, month, {changes})
            SELECT new.budget_line_id, {month}, {values} WHERE new.status = 'posted'
            ON CONFLICT (budget_line_id, month) DO UPDATE SET {added}""",
    ]


PAYS = "(CASE WHEN new.paid_change <> 0 THEN 1 ELSE 0 END)"
CARRIES = "(CASE WHEN new.carried_change <> 0 AND new.lapsed_change = 0 THEN 1 ELSE 0 END)"
COMMITS = "(CASE WHEN new.paid_change = 0 AND new.carried_change = 0 THEN 1 ELSE 0 END)"


def _hold(change: str) -> str:
    """What a waiting entry keeps from others: all that its change would take away."""
    return f"(CASE WHEN {change} < 0 THEN -{change} ELSE 0 END)"


INSERTED = "(CASE WHEN new.status = 'waiting' THEN 1 ELSE 0 END)"
DECIDED = "-1"


def ensure(connection: Connection) -> None:
    """Put the ledger's triggers right; safe to run again."""
    if connection.dialect.name == "sqlite":
        for name, body in sqlite_triggers().items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {body}")
        return
    for statement in postgresql_triggers():
        connection.execute(text(statement.replace(":", r"\:")))


def sqlite_triggers() -> dict[str, str]:
    """SQLite's triggers by name."""
    refusals = " ".join(
        f"SELECT RAISE(ABORT, '{name}') WHERE {condition};"
        for name, condition in REFUSED_NEW.items()
    )
    month = "date(new.entry_date, 'start of month')"
    fixed = " OR ".join(f"new.{column} IS NOT old.{column}" for column in FIXED)
    return {
        "ledger_entry_made": f"BEFORE INSERT ON ledger_entry BEGIN {refusals} END",
        "ledger_entry_posted": (
            "BEFORE UPDATE OF status ON ledger_entry WHEN new.status = 'posted'"
            f" BEGIN {refusals} END"
        ),
        "ledger_entry_final": (
            f"BEFORE UPDATE ON ledger_entry WHEN old.status <> 'waiting' OR {fixed}"
            " BEGIN SELECT RAISE(ABORT, 'tg_entry_final'); END"
        ),
        "ledger_entry_kept": (
            "BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'tg_entry_kept'); END"
        ),
        "ledger_entry_counts": (
            f"AFTER INSERT ON ledger_entry BEGIN {'; '.join(_effects(INSERTED, month))}; END"
        ),
        "ledger_entry_decided": (
            "AFTER UPDATE OF status ON ledger_entry"
            " WHEN old.status = 'waiting' AND new.status <> 'waiting'"
            f" BEGIN {'; '.join(_effects(DECIDED, month))}; END"
        ),
    }


def postgresql_triggers() -> list[str]:
    """PostgreSQL's functions and triggers.

    The line is locked before anything is asked of it, so that a year being closed by another
    transaction, or an order being paid, is seen as it stands afterwards.
    """
    refusals = " ".join(
        f"IF {condition} THEN RAISE EXCEPTION '{name}'; END IF;"
        for name, condition in REFUSED_NEW.items()
    )
    fixed = " OR ".join(f"new.{column} IS DISTINCT FROM old.{column}" for column in FIXED)
    month = "date_trunc('month', new.entry_date)::date"
    return [
        f"""CREATE OR REPLACE FUNCTION ledger_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'tg_entry_kept'; END IF;
              IF TG_OP = 'UPDATE' THEN
                IF old.status <> 'waiting' OR {fixed} THEN
                  RAISE EXCEPTION 'tg_entry_final';
                END IF;
                IF new.status <> 'posted' THEN RETURN new; END IF;
              END IF;
              PERFORM 1 {LINE} FOR NO KEY UPDATE;
              {refusals}
              RETURN new;
            END $$""",
        f"""CREATE OR REPLACE FUNCTION ledger_entry_balance() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'INSERT' THEN {"; ".join(_effects(INSERTED, month))};
              ELSIF old.status = 'waiting' AND new.status <> 'waiting' THEN
                {"; ".join(_effects(DECIDED, month))};
              END IF;
              RETURN NULL;
            END $$""",
        """CREATE OR REPLACE TRIGGER ledger_entry_guard BEFORE INSERT OR UPDATE OR DELETE
            ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_guard()""",
        """CREATE OR REPLACE TRIGGER ledger_entry_balance AFTER INSERT OR UPDATE OF status
            ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_balance()""",
    ]

"""Money of fiscal years until 2561 is carried over without an obligation or a special approval."""

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

NAME = 'ck_carry_over_without_obligation_by_approval'
OLD = 'has_obligation OR approval_ref IS NOT NULL'
NEW = f'{OLD} OR origin_year < 2562'


def replaced(condition: str) -> None:
    with op.batch_alter_table('carry_over', table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_='check')
        batch_op.create_check_constraint(op.f(NAME), condition)


def upgrade() -> None:
    replaced(NEW)


def downgrade() -> None:
    op.execute("UPDATE carry_over SET approval_ref = '-' WHERE NOT has_obligation AND approval_ref IS NULL")
    replaced(OLD)

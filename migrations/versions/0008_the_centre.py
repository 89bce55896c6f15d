"""Districts have a place; each agency's days of quiet are its own; the centre reminds by hand."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

KEPT = sa.text('removed_at IS NULL')
LADDER = sa.text('removed_at IS NULL AND level > 0')
BY_HAND = sa.text('removed_at IS NULL AND level = 0')
LAST_TOLD = """
UPDATE assignment SET quiet_since = CASE WHEN part = 'lead'
  THEN (SELECT quiet_since FROM complaint WHERE complaint.id = assignment.complaint_id)
  ELSE coalesce((SELECT max(told_on) FROM complaint_update
                 WHERE complaint_update.assignment_id = assignment.id), assigned_on)
END
"""


def upgrade() -> None:
    op.add_column('district', sa.Column('latitude', sa.Double(), nullable=True))
    op.add_column('district', sa.Column('longitude', sa.Double(), nullable=True))
    op.add_column('assignment', sa.Column('quiet_since', sa.Date(), nullable=True))
    op.execute(LAST_TOLD)
    op.create_index('ix_assignment_quiet', 'assignment', ['status', 'quiet_since', 'id', 'removed_at'], unique=False, sqlite_where=KEPT, postgresql_where=KEPT)
    with op.batch_alter_table('reminder', schema=None, table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
        batch_op.add_column(sa.Column('reminded_by', sa.String(length=300), nullable=True))
        batch_op.drop_constraint(op.f('ck_reminder_level_range'), type_='check')
        batch_op.create_check_constraint(op.f('ck_reminder_level_range'), 'level BETWEEN 0 AND 3')
    op.drop_index('uq_reminder_once', 'reminder')
    op.create_index('uq_reminder_once', 'reminder', ['complaint_id', 'assignment_id', 'quiet_since', 'level'], unique=True, sqlite_where=LADDER, postgresql_where=LADDER)
    op.create_index('uq_reminder_by_hand', 'reminder', ['complaint_id', 'assignment_id', 'reminded_on'], unique=True, sqlite_where=BY_HAND, postgresql_where=BY_HAND)


def downgrade() -> None:
    op.execute('DELETE FROM reminder WHERE level = 0')
    op.drop_index('uq_reminder_by_hand', 'reminder')
    op.drop_index('uq_reminder_once', 'reminder')
    op.create_index('uq_reminder_once', 'reminder', ['complaint_id', 'assignment_id', 'quiet_since', 'level'], unique=True, sqlite_where=KEPT, postgresql_where=KEPT)
    with op.batch_alter_table('reminder', schema=None, table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
        batch_op.drop_constraint(op.f('ck_reminder_level_range'), type_='check')
        batch_op.create_check_constraint(op.f('ck_reminder_level_range'), 'level BETWEEN 1 AND 3')
        batch_op.drop_column('reminded_by')
    op.drop_index('ix_assignment_quiet', 'assignment')
    op.drop_column('assignment', 'quiet_since')
    op.drop_column('district', 'longitude')
    op.drop_column('district', 'latitude')

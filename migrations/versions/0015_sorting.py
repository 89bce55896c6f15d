"""Committees, members and attendance in Thai order; lists of a meeting's rows by their meeting."""

import sqlalchemy as sa
from alembic import op

from migrations.ordered import sort_key

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

KEPT = sa.text('removed_at IS NULL')
NAMED = ('committee', 'membership', 'attendance')
SORTED = {
    'committee': ('sort_key', 'established_on'),
    'appointment_order': ('effective_on',),
    'membership': ('sort_key', 'starts_on'),
    'agenda_item': ('meeting_id',),
    'attendance': ('sort_key', 'meeting_id'),
    'resolution': ('meeting_id',),
}


def upgrade() -> None:
    for table in NAMED:
        op.add_column(table, sa.Column('sort_key', sa.String(300), nullable=True))
        fill(table)
        with op.batch_alter_table(table, table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
            batch_op.alter_column('sort_key', existing_type=sa.String(300), nullable=False)
    for table, columns in SORTED.items():
        for column in columns:
            index(f'ix_{table}_{column}', table, [column])
            index(f'ix_{table}_province_{column}', table, ['province_id', column])


def index(name: str, table: str, columns: list[str]) -> None:
    op.create_index(name, table, [*columns, 'id', 'removed_at'], sqlite_where=KEPT, postgresql_where=KEPT)


def fill(table: str) -> None:
    """Each name is put in order once: members and who came share most of their names."""
    connection = op.get_bind()
    names = connection.execute(sa.text(f'SELECT DISTINCT name FROM {table}')).scalars().all()
    if names:
        connection.execute(
            sa.text(f'UPDATE {table} SET sort_key = :sort_key WHERE name = :name'),
            [{'sort_key': sort_key(name), 'name': name} for name in names],
        )


def downgrade() -> None:
    for table, columns in SORTED.items():
        for column in columns:
            op.drop_index(f'ix_{table}_province_{column}', table)
            op.drop_index(f'ix_{table}_{column}', table)
    for table in NAMED:
        with op.batch_alter_table(table, table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
            batch_op.drop_column('sort_key')

"""Clusters have reporting windows of their own."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

KEPT = {'sqlite_where': sa.text('removed_at IS NULL'), 'postgresql_where': sa.text('removed_at IS NULL')}
KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('reporting_window', table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
        batch_op.add_column(sa.Column('cluster_id', KEY, nullable=True))
        batch_op.alter_column('province_id', existing_type=KEY, nullable=True)
        batch_op.create_foreign_key(op.f('fk_reporting_window_cluster_id'), 'cluster', ['cluster_id'], ['id'])
        batch_op.create_check_constraint(op.f('ck_reporting_window_one_home'), '(province_id IS NULL) <> (cluster_id IS NULL)')
        batch_op.create_unique_constraint(op.f('uq_reporting_window_id_cluster_id'), ['id', 'cluster_id'])
        batch_op.drop_index('uq_window_of_month', **KEPT)
        batch_op.create_index('uq_window_of_month_in_province', ['province_id', 'month'], unique=True, **KEPT)
        batch_op.create_index('uq_window_of_month_in_cluster', ['cluster_id', 'month'], unique=True, **KEPT)


def downgrade() -> None:
    op.execute('DELETE FROM reporting_window WHERE cluster_id IS NOT NULL')
    with op.batch_alter_table('reporting_window', table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
        batch_op.drop_index('uq_window_of_month_in_cluster', **KEPT)
        batch_op.drop_index('uq_window_of_month_in_province', **KEPT)
        batch_op.create_index('uq_window_of_month', ['province_id', 'month'], unique=True, **KEPT)
        batch_op.drop_constraint(op.f('uq_reporting_window_id_cluster_id'), type_='unique')
        batch_op.drop_constraint(op.f('ck_reporting_window_one_home'), type_='check')
        batch_op.drop_constraint(op.f('fk_reporting_window_cluster_id'), type_='foreignkey')
        batch_op.alter_column('province_id', existing_type=KEY, nullable=False)
        batch_op.drop_column('cluster_id')

"""Lists as persons left them, under a name; the columns they chose."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('saved_view',
    sa.Column('id', number, nullable=False),
    sa.Column('user_id', number, nullable=False),
    sa.Column('entity', sa.String(length=300), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('opens_first', sa.Boolean(), nullable=False),
    sa.Column('province_id', number, nullable=True),
    sa.ForeignKeyConstraint(['province_id'], ['province.id'], name=op.f('fk_saved_view_province_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_saved_view_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view')),
    sa.UniqueConstraint('user_id', 'entity', 'name', name=op.f('uq_saved_view_user_id_entity_name')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('saved_view', schema=None) as batch_op:
        batch_op.create_index('ix_saved_view_province_id', ['province_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('saved_view', schema=None) as batch_op:
        batch_op.drop_index('ix_saved_view_province_id')
    op.drop_table('saved_view')

"""What a file says, and whether it has macros."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('has_macros', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('body_text', sa.String(length=20000), nullable=True))
    with op.batch_alter_table('attachment', schema=None, table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
        batch_op.alter_column('has_macros', existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('attachment', schema=None, table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
        batch_op.drop_column('body_text')
        batch_op.drop_column('has_macros')

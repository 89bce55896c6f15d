"""Recipients are chased, each time counted; to whom a secret document went is sealed."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.add_column('secret_paper', sa.Column('recipients', sa.Text(), nullable=True))
    op.add_column('distribution', sa.Column('chased_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        'distribution', sa.Column('chased_count', whole, nullable=False, server_default='0')
    )


def downgrade() -> None:
    op.drop_column('distribution', 'chased_count')
    op.drop_column('distribution', 'chased_at')
    op.drop_column('secret_paper', 'recipients')

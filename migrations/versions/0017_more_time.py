"""What the head of a centre asks for is decided above the centre."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

BY_THE_HEAD = """
UPDATE complaint SET extension_above = true
WHERE extension_by IN (
    SELECT user_id FROM role_grant WHERE role = 'chief_of_office' AND removed_at IS NULL
)
"""


def upgrade() -> None:
    op.add_column('complaint', sa.Column('extension_above', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(BY_THE_HEAD)


def downgrade() -> None:
    op.drop_column('complaint', 'extension_above')

"""Add subscriptions to briefs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('brief_subscriptions',
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('email', sa.LargeBinary(), nullable=True),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_of', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_brief_subscriptions_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', 'kind', name=op.f('pk_brief_subscriptions'))
    )


def downgrade() -> None:
    op.drop_table('brief_subscriptions')

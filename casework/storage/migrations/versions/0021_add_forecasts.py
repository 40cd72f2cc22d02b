"""Add forecasts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('forecasts',
    sa.Column('monday', sa.Date(), nullable=False),
    sa.Column('ahead', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('dimension', sa.String(length=10), nullable=False),
    sa.Column('value', sa.String(length=100), nullable=False),
    sa.Column('mean', sa.Double(), nullable=False),
    sa.Column('low', sa.Integer(), nullable=False),
    sa.Column('high', sa.Integer(), nullable=False),
    sa.Column('naive', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('came', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('monday', 'ahead', 'dimension', 'value', name=op.f('pk_forecasts'))
    )


def downgrade() -> None:
    op.drop_table('forecasts')

"""Add index checks and counts of dropped months"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('index_checks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('holder', sa.String(length=120), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('repaired', sa.Integer(), nullable=False),
    sa.Column('rebuilt', sa.Boolean(), nullable=False),
    sa.Column('months', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_index_checks'))
    )
    op.create_table('month_counts',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('dimension', sa.String(length=20), nullable=False),
    sa.Column('value', sa.String(length=200), nullable=False),
    sa.Column('sentiment', sa.String(length=20), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('month', 'dimension', 'value', 'sentiment', name=op.f('pk_month_counts'))
    )


def downgrade() -> None:
    op.drop_table('month_counts')
    op.drop_table('index_checks')

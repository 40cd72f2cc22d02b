"""What can happen to a ticket, and the audit trail: a chain of digests nobody can mend unseen.

Each event's digest covers the digest before it, so a changed, missing or reordered row shows. The
text of an event lies beside the chain and enters it by digest only: it can be erased without
breaking the chain. The digest of a text is keyed with a salt of its own, erased with it, so that
short texts cannot be guessed back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

GENESIS = "0" * 64
OFFICE_CHAIN = "office"
"""The chain of acts that concern no ticket: sign-ins, settings, users."""


class EventName(StrEnum):
    RECEIVED = "received"
    JUDGED = "judged"
    ASSIGNED = "assigned"
    QUEUED_FOR_SCREENING = "queued_for_screening"
    REASSIGNED = "reassigned"
    ACCUSED_NAMED = "accused_named"
    CLASSIFICATION_CORRECTED = "classification_corrected"
    SIGNED = "signed"
    CONTACTED = "contacted"
    REPORTED = "reported"
    RETURN_ASKED = "return_asked"
    RETURN_KEPT = "return_kept"  # it stays where it is
    RETURN_MOVED = "return_moved"  # to the unit decided on
    PING_PONG = "ping_pong"  # from unit to unit too often
    RECOUNTED = "recounted"  # by a changed calendar
    CLOCK_WARNED = "clock_warned"
    CLOCK_OVER = "clock_over"  # past its time, and on from there
    EXTENSION_ASKED = "extension_asked"
    EXTENDED = "extended"
    CONTRIBUTION_ASKED = "contribution_asked"  # of another unit
    CONTRIBUTED = "contributed"
    CONTRIBUTION_DECLINED = "contribution_declined"
    CONTRIBUTION_WITHDRAWN = "contribution_withdrawn"
    CONTRIBUTION_EXPIRED = "contribution_expired"  # of a body outside, whose link holds no longer
    OUTSIDE_OPENED = "outside_opened"  # the link was opened for the first time
    OUTSIDE_REMINDED = "outside_reminded"
    SUSPENSION_ASKED = "suspension_asked"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    ANSWER_SUBMITTED = "answer_submitted"  # to be read by a second person
    ANSWER_SENT_BACK = "answer_sent_back"
    REFUSAL_ASKED = "refusal_asked"
    REQUEST_REFUSED = "request_refused"
    ANSWERED = "answered"
    CALLED_BACK = "called_back"
    NOT_REACHED = "not_reached"  # to be called back, in vain
    REOPENED = "reopened"
    CLOSED = "closed"
    MENTION_TAKEN_UP = "mention_taken_up"  # a ticket was made of a public post
    MENTION_SET_ASIDE = "mention_set_aside"
    MENTION_BROUGHT_BACK = "mention_brought_back"
    MENTION_CORRECTED = "mention_corrected"
    ANSWERED_AT_ONCE = "answered_at_once"  # on the telephone, without dispatch
    MERGED = "merged"
    MERGED_HERE = "merged_here"  # on the ticket that carries the matter
    REFUSED = "refused"
    UNDONE = "undone"
    SEPARATED = "separated"  # on the ticket that no longer carries it
    TAKEN_UP = "taken_up"
    OBJECTED = "objected"
    URGED = "urged"  # by the citizen, perhaps with something added
    TAKEN_OVER = "taken_over"  # history from an older system
    FILE_ADDED = "file_added"  # to a message or to an answer being written
    FILE_REMOVED = "file_removed"
    CONTACT_READ = "contact_read"
    FILE_READ = "file_read"  # one that came with the message
    ROWS_EXPORTED = "rows_exported"  # the rejected rows of an import
    CLAIMED = "claimed"  # somebody says that they deal with it
    CLAIM_ENDED = "claim_ended"
    RECUSED = "recused"  # a person is kept from the ticket
    RECUSAL_LIFTED = "recusal_lifted"
    PUBLISHED = "published"  # the answer, for everybody to read
    WITHDRAWN = "withdrawn"
    CODE_SENT = "code_sent"  # the first code, by mail or text message
    CODE_RENEWED = "code_renewed"
    CODE_REQUESTED = "code_requested"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    USER_ADDED = "user_added"
    USER_CHANGED = "user_changed"
    USER_DEACTIVATED = "user_deactivated"
    USER_REACTIVATED = "user_reactivated"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - an event, no password
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an event too
    NOTICES_CHOSEN = "notices_chosen"  # how somebody wants to be told
    STAFF_MESSAGE_RETRIED = "staff_message_retried"
    DEPARTMENT_ADDED = "department_added"
    DEPARTMENT_CHANGED = "department_changed"
    DEPARTMENT_CLOSED = "department_closed"
    DAY_CHANGED = "day_changed"
    LEAD_CHANGED = "lead_changed"
    CATALOGUE_PUBLISHED = "catalogue_published"
    RULE_CHANGED = "rule_changed"
    DICTIONARY_CHANGED = "dictionary_changed"
    MODEL_TRAINED = "model_trained"
    MODEL_USED = "model_used"
    TRAINING_ASKED = "training_asked"
    GAZETTEER_CHANGED = "gazetteer_changed"
    CITY_SET_UP = "city_set_up"
    SOURCE_CHANGED = "source_changed"
    SOURCE_KEY_ADDED = "source_key_added"
    SOURCE_KEY_ENDED = "source_key_ended"
    IMPORT_STARTED = "import_started"
    IMPORT_FINISHED = "import_finished"
    ARTICLE_SAVED = "article_saved"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_ANSWERED = "correction_answered"
    PHRASE_SAVED = "phrase_saved"
    PHRASE_REMOVED = "phrase_removed"
    ALERT_RAISED = "alert_raised"
    ALERT_CLOCK_WARNED = "alert_clock_warned"  # a response is nearly due
    ALERT_CLOCK_OVER = "alert_clock_over"
    ALERT_ACKNOWLEDGED = "alert_acknowledged"
    ALERT_HANDED_ON = "alert_handed_on"  # to another person, or to a department for a response
    ALERT_TAKEN_BACK = "alert_taken_back"
    ALERT_UNIT_ANSWERED = "alert_unit_answered"  # the department it was handed to
    ALERT_LINKED = "alert_linked"  # a ticket deals with its matter, and is under supervision
    ALERT_JUDGED = "alert_judged"
    ALERT_CLOSED = "alert_closed"
    ALERT_RESPONDED = "alert_responded"
    STATEMENT_MADE = "statement_made"  # the city says something in public about an alert's matter
    STATEMENT_WITHDRAWN = "statement_withdrawn"
    ALERTS_MUTED = "alerts_muted"
    ALERTS_UNMUTED = "alerts_unmuted"
    ALERT_LEVEL_SET = "alert_level_set"
    KNOWN_CAUSE_NOTED = "known_cause_noted"
    TOPIC_WATCHED = "topic_watched"
    TOPIC_FORGOTTEN = "topic_forgotten"
    ISSUE_CORRECTED = "issue_corrected"  # a hot issue: messages taken out, split, merged, judged


PROGRAM = "program"
"""The actor of what no person did."""
CITIZEN = "citizen"
OUTSIDE = "outside"
"""The actor of what a body outside did by its link."""


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One row of a chain as it is digested. at: aware. text_digest: "" when there is no text."""

    chain: str
    sequence: int
    name: str
    actor: str
    at: datetime
    text_digest: str
    previous: str

    def digest(self) -> str:
        """Hex SHA-256 over every field, in a form that cannot be read two ways."""
        fields = [
            self.chain,
            self.sequence,
            self.name,
            self.actor,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.text_digest,
            self.previous,
        ]
        return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()


def text_digest(text: str, salt: bytes) -> str:
    """Digest of an event's text under its own salt; "" for no text."""
    if not text:
        return ""
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()

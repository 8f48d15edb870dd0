"""What the states of write-off lines and of candidates mean to those who ask."""

# Its entry closes its item, or a part of it.
MATCHED_STATES = ("done", "partly_matched")
# Somebody took it off its item, and did not put all of it back.
LOOSE_STATES = ("partly_matched", "unmatched")
# Its entry stands, matched with its item or not.
LIVE_STATES = (*MATCHED_STATES, "unmatched")
# Written off, or about to be: shares of a document that are taken already.
TAKEN_STATES = ("entry_draft", *LIVE_STATES)
# There is or was an entry.
REGISTER_STATES = ("entry_draft", *LIVE_STATES, "reversed", "cancelled")
# What counts in the totals of a write-off.
TOTAL_STATES = ("waiting", "entry_draft", *LIVE_STATES, "reversed", "netted")
# Candidates that are not included, but could be.
OUTSIDE_STATES = ("left_out", "skipped", "failed")
# Candidates that may still be chosen.
CHOICE_STATES = ("planned", *OUTSIDE_STATES)
# Candidates that are to be written off.
INCLUDED_STATES = ("planned", "queued")

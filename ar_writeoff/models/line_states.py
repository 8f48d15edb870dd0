"""What the states of a write-off line mean to those who ask; the states stand on the line."""

# Its entry closes its item.
MATCHED_STATES = ("done",)
# Its entry stands, matched with its item or not.
LIVE_STATES = (*MATCHED_STATES, "unmatched")
# Written off, or about to be: shares of a document that are taken already.
TAKEN_STATES = ("entry_draft", *LIVE_STATES)
# What keeps an item for itself: entries in draft, runs. Plans and previews reserve nothing.
RESERVING_STATES = ("entry_draft", "queued")
# There is or was an entry.
REGISTER_STATES = ("entry_draft", *LIVE_STATES, "reversed", "cancelled")
# What counts in the totals of a write-off; what a batch leaves out never does.
TOTAL_STATES = ("planned", "queued", "entry_draft", *LIVE_STATES, "reversed", "netted")
# Candidates that are not included, but could be.
OUTSIDE_STATES = ("left_out", "skipped", "failed")
# Candidates, included or not.
CANDIDATE_STATES = ("planned", *OUTSIDE_STATES)
# Without an entry: it keeps what was decided on it.
WITHOUT_ENTRY_STATES = ("queued", *CANDIDATE_STATES)
# What a batch counts as what.
COUNTED_STATES = {
    "included_count": ("planned", "queued"),
    "left_out_count": ("left_out",),
    "finished_count": ("netted", *REGISTER_STATES),
    "failed_count": ("skipped", "failed"),
}

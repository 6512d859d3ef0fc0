"""What an edit of the configuration does: two sides of plans in, one frozen document out, and its renderers."""

"""What a run looks like to a person: pictures and a page."""

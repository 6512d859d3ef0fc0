"""What each section of a page says, worked out of the facts: one module, and one template, for each."""

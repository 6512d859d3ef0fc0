"""What a saved model needs to score a table: it travels with the model and imports nothing else of this project."""

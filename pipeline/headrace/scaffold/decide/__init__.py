"""What a careful colleague would decide on seeing the table: target, features, split, model, rules."""

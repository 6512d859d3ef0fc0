"""One module per kind of stage, and one table that names them all."""

"""Qt widgets that show plain data and emit signals. They know no database, no job and no file."""

"""Answers built column by column: what shows attributes of rows needs no function call for each value."""

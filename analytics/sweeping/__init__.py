"""The sweep: what many stays come to in whole days, computed beside the database from arrays of them.

The reference is SQL (`measure.sql`, `levels.sql`, `breakdown.sql` and `bill.sql` of `database/repeatable`), which also
answers for parts of days; tests hold the two against each other, row by row.
"""

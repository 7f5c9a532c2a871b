"""Random worlds told to the product and to the oracle: both must say the same."""

"""What support staff ask and change, at an endpoint of its own: a schema that companies never see."""

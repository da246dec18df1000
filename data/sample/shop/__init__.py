"""Fjord & Bean: the made-up coffee roaster whose life the sample workspace tells."""

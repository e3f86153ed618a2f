"""Stills and captions out of an episode of the library, for a promo cut of a scene."""

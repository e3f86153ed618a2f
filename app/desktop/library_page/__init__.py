"""The Library page: posters of all episodes, adding, analysing, relinking."""

"""Icons, themes, fonts and other data files shipped with Rushes."""

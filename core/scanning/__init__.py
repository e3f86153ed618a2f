"""Which files of a media library want subtitles: facts of files, rules, scans by hand, by schedule and by watching."""

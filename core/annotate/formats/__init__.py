"""Annotation documents in the files of other programs: ELAN, Praat, BORIS, Datavyu, COCO, RTTM, subtitles, tables."""

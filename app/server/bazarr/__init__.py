"""Speech for Bazarr and clients of whisper-asr-webservice: sound in, subtitles out, as these programs expect it."""

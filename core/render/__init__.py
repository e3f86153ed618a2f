"""Short vertical cuts from stills, captions, music and voice: presets, plan, pictures, sound, engines, the job."""

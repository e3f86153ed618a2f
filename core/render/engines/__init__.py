"""The engines that draw segments: the one of this machine, and a remote one."""

"""Pictures that those who work here upload: judged, made anew, kept, shown, and let go."""

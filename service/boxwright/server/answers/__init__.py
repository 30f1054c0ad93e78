"""What planning processes answer, by what is loaded: requests read and resolved, plans made, packings judged."""

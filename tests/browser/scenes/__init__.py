"""Every screen in every state, and how a browser gets there: by no word of it, as they are seen in any language."""

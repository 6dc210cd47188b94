"""For whoever runs the server: is it alive, can it sell, and what has it counted?"""

"""What is said in each language: one catalog a language (gettext's .po), its keys the English words."""
